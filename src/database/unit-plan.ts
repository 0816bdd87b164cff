/** Decides on the writes of units, before the transaction that carries them out begins. */
import { changeSetUndone } from './change-set.js';
import type { Mutation, MutationOutcome, MutationRefusal } from './mutation.js';
import type { CollectionName, StoredRow, Table } from './table.js';
import type { Change, Member, Outcome, Result, Unit, Write } from './write.js';

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

/** The row that a key has now. */
export type FindRow = (
  table: Table<StoredRow>,
  collection: CollectionName,
  id: string,
) => Member<StoredRow> | undefined;

/**
 * How a write of a unit fared that was carried out: `stale` where its unit has to be decided anew.
 */
export type CommittedResult = Result<StoredRow> | { kind: 'stale' };

/** Whether a unit is decided on rows that those before it may change. */
export function isConsulting(unit: Unit): boolean {
  return unit.length > 1 || unit[0]!.kind === 'change';
}

/** `planned` is what units before it will have written, if any of them has to know. */
export function planUnit(unit: Unit, planned: PlannedRows | undefined, find: FindRow): UnitPlan {
  if (unit.length === 1) {
    const plan = planned === undefined ? planWrite : planUnique;
    return [plan(unit[0]!, planned, find)];
  }
  const plannedWithUnit: PlannedRows = new Map(planned);
  const steps: Step[] = [];
  for (const write of unit) {
    const step = planUnique(write, plannedWithUnit, find);
    if (!isMutation(step) && (step.kind === 'refused' || step.kind === 'duplicate')) {
      return unit.map((other) => (other === write ? step : undone()));
    }
    steps.push(step);
  }
  for (const [key, row] of plannedWithUnit) planned?.set(key, row);
  return steps;
}

export function mutationsOf(plan: UnitPlan): Mutation[] {
  const mutations: Mutation[] = [];
  for (const step of plan) if (isMutation(step)) mutations.push(step.mutation);
  return mutations;
}

/** `outcomes` are those of the plan's mutations, in their order. */
export function toResults(
  unit: Unit,
  plan: UnitPlan,
  outcomes: Iterator<MutationOutcome | MutationRefusal>,
): CommittedResult[] {
  return plan.map((step, i) => {
    if (!isMutation(step)) return step;
    const outcome = outcomes.next().value as MutationOutcome | MutationRefusal;
    if (typeof outcome === 'object') return outcome;
    switch (outcome) {
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
 * A taken key is found before the transaction, or later writes would be decided on a row that is
 * never stored.
 */
function planUnique(
  write: Write<StoredRow>,
  planned: PlannedRows | undefined,
  find: FindRow,
): Step {
  const isTaken =
    write.kind === 'insert' && current(write, write.row.id, planned, find) !== undefined;
  return isTaken ? { kind: 'duplicate' } : planWrite(write, planned, find);
}

function planWrite(write: Write<StoredRow>, planned: PlannedRows | undefined, find: FindRow): Step {
  if (write.kind === 'insert') return planMutation(write, planned);
  const { table, collection, id } = write;
  const row = current(write, id, planned, find);
  let change: Change<StoredRow>;
  try {
    change = write.decide(row);
  } catch (reason) {
    return { kind: 'refused', reason };
  }
  if (change.kind === 'keep') return { kind: 'written', row: change.row, isNew: false };
  if (change.kind === 'delete') {
    return planMutation({ kind: 'delete', table, collection, current: row! }, planned);
  }
  return row === undefined
    ? planMutation({ kind: 'insert', table, collection, row: change.row }, planned)
    : planMutation({ kind: 'update', table, collection, row: change.row, current: row }, planned);
}

function planMutation(mutation: Mutation, planned: PlannedRows | undefined): Step {
  const { table, collection } = mutation;
  if (mutation.kind === 'delete') {
    planned?.set(table.keyOf(collection, mutation.current.id), undefined);
    return { mutation, onWritten: { kind: 'deleted' } };
  }
  const { row } = mutation;
  planned?.set(table.keyOf(collection, row.id), row);
  return { mutation, onWritten: { kind: 'written', row, isNew: mutation.kind === 'insert' } };
}

function current(
  { table, collection }: Write<StoredRow>,
  id: string,
  planned: PlannedRows | undefined,
  find: FindRow,
): Member<StoredRow> | undefined {
  const key = planned === undefined ? undefined : table.keyOf(collection, id);
  return key !== undefined && planned!.has(key) ? planned!.get(key) : find(table, collection, id);
}

function isMutation(step: Step): step is Extract<Step, { mutation: Mutation }> {
  return 'mutation' in step;
}

function undone(): Result<StoredRow> {
  return { kind: 'refused', reason: changeSetUndone() };
}
