import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';

import type { Mutation, MutationOutcome } from './mutation.js';
import { MutationWriter } from './mutation-writer.js';
import { RawRows } from './raw-rows.js';
import type { ReadGate } from './read-gate.js';
import { toRowStatements } from './row-statements.js';
import { connectionOf } from './connection.js';

/** What becomes of a row: it is stored as given, whether it was there or not, or it goes, or it stays as it is. */
export type Change<Row> = { kind: 'store'; row: Row } | { kind: 'delete' } | { kind: 'keep' };

/** One write. What it throws in `decide` refuses it alone, with nothing written. */
export type Write<Row> =
  /** Makes what rows refer to, where it is not there. Inserts of such rows are submitted when it is written. */
  | { kind: 'register'; parameters: readonly unknown[] }
  /** Refused where the key is taken. */
  | { kind: 'insert'; row: Row }
  /** Decided on the row as it is, `undefined` where there is none. Written only where it is still the same then. */
  | { kind: 'change'; key: Partial<Row>; decide: (current: Row | undefined) => Change<Row> };

/** Writes that are stored all together or not at all. */
export type WriteUnit<Row> = readonly Write<Row>[];

/**
 * How one write fared. `stale` is one whose row another process changed after it was decided on, `undone` one with which nothing
 * is wrong, but with another of its unit.
 */
export type WriteOutcome = { kind: MutationOutcome } | { kind: 'refused'; reason: unknown };

const WRITTEN: WriteOutcome = { kind: 'written' };
const DUPLICATE: WriteOutcome = { kind: 'duplicate' };
const UNDONE: WriteOutcome = { kind: 'undone' };

/** What a unit comes to: what each write fares without the database being asked, or else what it does there. */
type Plan = readonly (WriteOutcome | Mutation)[];

/** Rows by their keys, as they will be when the mutations that are planned are made; `undefined` for one that will be gone. Kept where a write asks for it. */
type Planned<Row> = Map<string, Row | undefined>;

/**
 * Writes rows of one entity by prepared statements: TypeORM's persistence path costs more than the write itself, and would let
 * statements of other requests into the transaction. Decides first and writes then, guarded by the row's revision.
 */
export class RowWriter<Row extends ObjectLiteral> {
  private readonly properties: readonly string[];
  private readonly keyProperties: readonly string[];
  private readonly updateProperties: readonly string[];
  private readonly rows: RawRows<Row>;
  private readonly writer: MutationWriter;

  constructor(
    dataSource: DataSource,
    entity: EntityTarget<Row>,
    /** The property that changes with every write of a row. */
    private readonly revision: keyof Row & string,
    /** The statement that makes what rows refer to, and does nothing where it is there. */
    register: string,
    gate: ReadGate,
  ) {
    const { columns, primaryColumns } = dataSource.getMetadata(entity);
    const connection = connectionOf(dataSource);
    const { find, ...statements } = toRowStatements(dataSource, entity, revision);
    this.properties = columns.map((column) => column.propertyName);
    this.keyProperties = primaryColumns.map((column) => column.propertyName);
    this.updateProperties = columns
      .filter((column) => !column.isPrimary)
      .map((column) => column.propertyName);
    this.rows = new RawRows(connection, find);
    this.writer = new MutationWriter(connection, { ...statements, register }, gate);
  }

  /**
   * Commits units in one transaction, synced when the promise resolves. Each sees what those before it wrote. One that is refused fails
   * alone; on any other failure nothing is stored, and it throws. Calls may overlap where
   * the units of the later one can follow.
   */
  async writeAll(units: readonly WriteUnit<Row>[]): Promise<WriteOutcome[][]> {
    const isConsulted = units.some((unit) => unit.length > 1 || unit[0]?.kind === 'change');
    const planned: Planned<Row> | undefined = isConsulted ? new Map() : undefined;
    const plans = units.map((unit) => this.plan(unit, planned));
    const mutations = plans
      .map((plan) => plan.filter(isMutation))
      .filter((unit) => unit.length > 0);
    const committed = mutations.length === 0 ? [] : await this.writer.commit(mutations);
    const outcomes = committed.flat().values();
    return plans.map((plan) =>
      plan.map((step) => (isMutation(step) ? { kind: outcomes.next().value! } : step)),
    );
  }

  /** Whether a unit can be written behind others that are being written now: nothing in it is decided on rows that they may change. */
  canFollow(unit: WriteUnit<Row>): boolean {
    return unit.length === 1 && unit[0]!.kind !== 'change';
  }

  open(): void {
    this.writer.open();
  }

  /** Ends what writes in the background. */
  close(): Promise<void> {
    return this.writer.close();
  }

  private plan(unit: WriteUnit<Row>, planned: Planned<Row> | undefined): Plan {
    if (unit.length === 1) return [this.planWrite(unit[0]!, planned)];
    const plannedWithUnit: Planned<Row> = new Map(planned);
    const steps: (WriteOutcome | Mutation)[] = [];
    for (const write of unit) {
      const step = this.planUnique(write, plannedWithUnit);
      steps.push(step);
      if (isMutation(step) || step.kind === 'written') continue;
      const at = steps.length - 1;
      return unit.map((_, i) => (i === at ? step : UNDONE));
    }
    for (const [key, row] of plannedWithUnit) planned?.set(key, row);
    return steps;
  }

  /** A taken key is found before the transaction, or what the unit's later writes say of it would be told instead. */
  private planUnique(
    write: Write<Row>,
    planned: Planned<Row> | undefined,
  ): WriteOutcome | Mutation {
    const isTaken = write.kind === 'insert' && this.current(write.row, planned) !== undefined;
    return isTaken ? DUPLICATE : this.planWrite(write, planned);
  }

  private planWrite(write: Write<Row>, planned: Planned<Row> | undefined): WriteOutcome | Mutation {
    if (write.kind === 'register') return ['register', write.parameters];
    if (write.kind === 'insert') return this.insert(write.row, planned);
    const current = this.current(write.key, planned);
    let change: Change<Row>;
    try {
      change = write.decide(current);
    } catch (reason) {
      return { kind: 'refused', reason };
    }
    if (change.kind === 'keep') return WRITTEN;
    if (change.kind === 'store' && current === undefined) return this.insert(change.row, planned);
    const key = valuesOf(write.key, this.keyProperties);
    const guard = [...key, current?.[this.revision]];
    if (change.kind === 'delete') {
      planned?.set(JSON.stringify(key), undefined);
      return ['delete', guard];
    }
    planned?.set(JSON.stringify(key), change.row);
    return ['update', [...valuesOf(change.row, this.updateProperties), ...guard]];
  }

  private insert(row: Row, planned: Planned<Row> | undefined): Mutation {
    planned?.set(JSON.stringify(valuesOf(row, this.keyProperties)), row);
    return ['insert', valuesOf(row, this.properties)];
  }

  private current(key: Partial<Row>, planned: Planned<Row> | undefined): Row | undefined {
    const values = valuesOf(key, this.keyProperties);
    const name = JSON.stringify(values);
    return planned?.has(name) === true ? planned.get(name) : this.rows.get(values);
  }
}

function isMutation(step: WriteOutcome | Mutation): step is Mutation {
  return Array.isArray(step);
}

function valuesOf(row: ObjectLiteral, properties: readonly string[]): unknown[] {
  return properties.map((property): unknown => row[property]);
}
