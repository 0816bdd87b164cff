/**
 * What `$apply` makes of rows, by OData Data Aggregation 4.0, section 3.2, alone: a second implementation, which shares nothing with
 * the service's. Where the text leaves a choice, the comment says which was taken.
 */
import { compareCodePoints, evaluate } from './filter-evaluator.js';
import { STATUSES, type Expression, type Row } from './filter-expression.js';
import { parseInstant } from './written-time.js';

type Kind = 'string' | 'integer' | 'decimal' | 'instant' | 'status';

/** A value with all that it is compared by. */
type Cell = null | string | bigint | number | { picoseconds: bigint; text: string };

export type Instance = ReadonlyMap<string, Cell>;

export interface Field {
  name: string;
  kind: Kind;
}

export interface Aggregate {
  /** `$count` where it is of no field. */
  method: '$count' | 'sum' | 'min' | 'max' | 'average' | 'countdistinct';
  of: Field;
  as: string;
}

export interface Condition {
  field: Field;
  operator: 'eq' | 'ne' | 'gt' | 'le';
  value: Cell;
}

export type Transformation =
  | { kind: 'select'; expression: Expression; text: string }
  | { kind: 'filter'; condition: Condition }
  | { kind: 'group'; keys: Field[]; aggregates: Aggregate[] };

export const FIELDS: readonly Field[] = [
  { name: 'id', kind: 'string' },
  { name: 'devicesCount', kind: 'integer' },
  { name: 'lastReportedDateTime', kind: 'instant' },
  { name: 'status', kind: 'status' },
  { name: 'userDisplayName', kind: 'string' },
  { name: 'userPrincipalName', kind: 'string' },
];

function resultKind({ method, of }: Aggregate): Kind {
  if (method === 'min' || method === 'max') return of.kind;
  return method === 'average' ? 'decimal' : 'integer';
}

export function fieldsAfter(fields: readonly Field[], { ...step }: Transformation): Field[] {
  if (step.kind !== 'group') return [...fields];
  return [
    ...step.keys,
    ...step.aggregates.map((each) => ({ name: each.as, kind: resultKind(each) })),
  ];
}

/** Only the first may select rows by an expression. */
export function apply(rows: readonly Row[], steps: readonly Transformation[]): Instance[] {
  const [first] = steps;
  const chosen =
    first?.kind === 'select'
      ? rows.filter((row) => evaluate(first.expression, row) === true)
      : rows;
  return steps.reduce(transform, chosen.map(toInstance));
}

function transform(instances: Instance[], step: Transformation): Instance[] {
  switch (step.kind) {
    case 'select':
      return instances;
    case 'filter':
      return instances.filter((instance) => meets(instance, step.condition));
    case 'group': {
      const groups = new Map<string, Instance[]>();
      if (step.keys.length === 0) groups.set('', []);
      for (const instance of instances) {
        const key = step.keys.map((field) => toText(cellOf(instance, field))).join('\0');
        groups.set(key, [...(groups.get(key) ?? []), instance]);
      }
      return [...groups.values()].map((group) => summarize(group, step));
    }
  }
}

function summarize(
  group: readonly Instance[],
  { keys, aggregates }: Transformation & { kind: 'group' },
): Instance {
  const cellsOf = (field: Field) => group.map((instance) => cellOf(instance, field));
  return new Map([
    // One instant can be written in several ways: the first of them by code point is taken.
    ...keys.map((key) => [key.name, extreme(cellsOf(key), -1)] as const),
    ...aggregates.map(
      (each) => [each.as, aggregate(each, group.length, cellsOf(each.of))] as const,
    ),
  ]);
}

function aggregate({ method }: Aggregate, count: number, cells: readonly Cell[]): Cell {
  // "The algorithm ensures that no null values occur among the values to be aggregated."
  const present = cells.filter((cell) => cell !== null);
  switch (method) {
    case '$count':
      return BigInt(count);
    case 'countdistinct':
      return BigInt(new Set(present.map(toText)).size);
    case 'min':
      return extreme(present, -1);
    case 'max':
      return extreme(present, 1);
    case 'sum':
      return present.length === 0 ? null : sum(present);
    case 'average':
      return present.length === 0 ? null : Number(sum(present)) / present.length;
  }
}

function sum(cells: readonly Cell[]): bigint {
  return cells.reduce<bigint>((total, cell) => total + (cell as bigint), 0n);
}

function extreme(cells: readonly Cell[], sign: number): Cell {
  const [first = null, ...others] = cells;
  return others.reduce(
    (best, cell) => (sign * compareWritten(cell, best) > 0 ? cell : best),
    first,
  );
}

function compareWritten(one: Cell, other: Cell): number {
  const difference = compareCells(one, other);
  if (difference !== 0 || one === null || other === null || typeof one !== 'object')
    return difference;
  return compareCodePoints(one.text, (other as { text: string }).text);
}

/** Null is lowest. */
export function compareCells(one: Cell, other: Cell): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  if (typeof one === 'string') return compareCodePoints(one, other as string);
  const [a, b] = [one, other].map((cell) => (typeof cell === 'object' ? cell.picoseconds : cell));
  return a! < b! ? -1 : Number(a! > b!);
}

export function cellOf(instance: Instance, { name }: Field): Cell {
  return instance.get(name) ?? null;
}

function meets(instance: Instance, { field, operator, value }: Condition): boolean {
  const cell = cellOf(instance, field);
  const difference = compareCells(cell, value);
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    // Beside null neither is greater or less; nothing is compared with null so.
    case 'gt':
      return cell !== null && difference > 0;
    case 'le':
      return cell !== null && difference <= 0;
  }
}

/** The same for what is equal, and for nothing else. */
function toText(cell: Cell): string {
  if (cell !== null && typeof cell === 'object') return String(cell.picoseconds);
  return cell === null ? 'null' : `${typeof cell}${String(cell)}`;
}

function toInstance(row: Row): Instance {
  return new Map(
    FIELDS.map(({ name, kind }) => [name, toCell(row[name as keyof Row], kind)] as const),
  );
}

function toCell(value: string | number | null, kind: Kind): Cell {
  if (value === null) return null;
  if (kind === 'integer') return BigInt(value);
  if (kind === 'status') return STATUSES.indexOf(value as string);
  if (kind !== 'instant') return value;
  return { picoseconds: parseInstant(value as string)!.picoseconds, text: value as string };
}

/** As JSON has it. */
export function toJson(instance: Instance, fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => [field.name, toJsonValue(cellOf(instance, field), field.kind)]),
  );
}

function toJsonValue(cell: Cell, kind: Kind): unknown {
  if (cell === null) return null;
  if (kind === 'status') return STATUSES[cell as number];
  if (typeof cell === 'object') return cell.text;
  return typeof cell === 'bigint' ? Number(cell) : cell;
}
