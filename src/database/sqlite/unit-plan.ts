/** Decides on the writes of units, before the transaction that carries them out begins. */
import { changeSetUndone } from '../change-set.js';
import type { Change, Member, Outcome, Result, Unit, Write } from '../write.js';
import type { StoredRow } from '../table.js';
import type { Mutation, MutationOutcome } from './mutation.js';
import type { SqliteTable } from './sqlite-table.js';

/**
 * What a write fares without the database being asked, or else what it does there, and fares then.
 */
type Step = Result<StoredRow> | { mutation: Mutation; onWritten: Outcome<StoredRow> };

/** One step for each write. Where one is refused, none has a mutation. */
export type UnitPlan = readonly Step[];

/**
 * Rows by their keys, as they will be when the mutations that are planned are made; `undefined` for
 * one that will be gone.
 */
export type PlannedRows = Map<string, Member<StoredRow> | undefined>;

/**
 * How a write of a unit fared that was carried out: `stale` where its unit has to be decided anew.
 */
export type CommittedResult = Result<StoredRow> | { kind: 'stale' };

/** Whether a unit is decided on rows that those before it may change. */
export function isConsulting(unit: Unit): boolean {
  return unit.length > 1 || unit[0]!.kind === 'change';
}

/** `planned` is what units before it will have written, if any of them has to know. */
export function planUnit(unit: Unit, planned: PlannedRows | undefined): UnitPlan {
  if (unit.length === 1) return [planWrite(unit[0]!, planned)];
  const plannedWithUnit: PlannedRows = new Map(planned);
  const steps: Step[] = [];
  for (const write of unit) {
    const step = planUnique(write, plannedWithUnit);
    if (!isMutation(step) && (step.kind === 'refused' || step.kind === 'duplicate')) {
      return unit.map((other) => (other === write ? step : undone()));
    }
    steps.push(step);
  }
  for (const [key, row] of plannedWithUnit) planned?.set(key, row);
  return steps;
}

export function mutationsOf(plan: UnitPlan): Mutation[] {
  return plan.flatMap((step) => (isMutation(step) ? [step.mutation] : []));
}

/** `outcomes` are those of the plan's mutations, in their order. */
export function toResults(
  unit: Unit,
  plan: UnitPlan,
  outcomes: Iterator<MutationOutcome>,
): CommittedResult[] {
  return plan.map((step, i) => {
    if (!isMutation(step)) return step;
    switch (outcomes.next().value as MutationOutcome) {
      case 'written':
        return step.onWritten;
      case 'undone':
        return undone();
      case 'stale':
        return { kind: 'stale' };
      case 'duplicate':
        // A change that found no row makes one, and another process was faster.
        return { kind: unit[i]!.kind === 'change' ? 'stale' : 'duplicate' };
    }
  });
}

/**
 * A taken key is found before the transaction, or what the unit's later writes say of it would be
 * told instead.
 */
function planUnique(write: Write<StoredRow>, planned: PlannedRows): Step {
  const isTaken = write.kind === 'insert' && current(write, write.row.id, planned) !== undefined;
  return isTaken ? { kind: 'duplicate' } : planWrite(write, planned);
}

function planWrite(write: Write<StoredRow>, planned: PlannedRows | undefined): Step {
  if (write.kind === 'insert') return planInsert(write, write.row, planned);
  const row = current(write, write.id, planned);
  let change: Change<StoredRow>;
  try {
    change = write.decide(row);
  } catch (reason) {
    return { kind: 'refused', reason };
  }
  if (change.kind === 'keep') return { kind: 'written', row: change.row, isNew: false };
  const { collection } = write;
  const table = tableOf(write);
  if (change.kind === 'delete') {
    planned?.set(table.keyOf(collection, write.id), undefined);
    return { mutation: table.toDelete(collection, row!), onWritten: { kind: 'deleted' } };
  }
  if (row === undefined) return planInsert(write, change.row, planned);
  planned?.set(table.keyOf(collection, write.id), change.row);
  return {
    mutation: table.toUpdate(collection, change.row, row),
    onWritten: { kind: 'written', row: change.row, isNew: false },
  };
}

function planInsert(
  write: Write<StoredRow>,
  row: Member<StoredRow>,
  planned: PlannedRows | undefined,
): Step {
  const { collection } = write;
  const table = tableOf(write);
  planned?.set(table.keyOf(collection, row.id), row);
  return {
    mutation: table.toInsert(collection, row),
    onWritten: { kind: 'written', row, isNew: true },
  };
}

function current(
  write: Write<StoredRow>,
  id: string,
  planned: PlannedRows | undefined,
): Member<StoredRow> | undefined {
  const table = tableOf(write);
  const key = table.keyOf(write.collection, id);
  return planned?.has(key) === true ? planned.get(key) : table.find(write.collection, id);
}

function tableOf({ table }: Write<StoredRow>): SqliteTable {
  return table as SqliteTable;
}

function isMutation(step: Step): step is Extract<Step, { mutation: Mutation }> {
  return 'mutation' in step;
}

function undone(): Result<StoredRow> {
  return { kind: 'refused', reason: changeSetUndone() };
}
