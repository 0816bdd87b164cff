/** Expressions of `$filter` and `$orderby` as values: what the tests make, print and evaluate. */

export type ExpressionType =
  | 'boolean'
  | 'string'
  | 'integer'
  | 'decimal'
  | 'instant'
  | 'date'
  | 'time'
  | 'duration'
  | 'status';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type Arithmetic = 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod';

/** `text` is the value as it is written, but for a string: there it is the string itself, without quotes. */
export interface Literal {
  kind: 'literal';
  type: ExpressionType | 'null';
  text: string;
}

export type Expression =
  | Literal
  | { kind: 'property'; name: keyof Row }
  | { kind: 'comparison'; operator: Comparison; left: Expression; right: Expression }
  | { kind: 'in'; operand: Expression; list: Literal[] }
  | { kind: 'has'; operand: Expression; member: Literal }
  | { kind: 'logic'; operator: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'not' | 'negate'; operand: Expression }
  | { kind: 'arithmetic'; operator: Arithmetic; left: Expression; right: Expression }
  | { kind: 'call'; name: string; parameters: Expression[] }
  | { kind: 'cast'; operand: Expression; target: string }
  | { kind: 'case'; branches: [condition: Expression, result: Expression][] };

/** A user status, with the members that expressions may name. */
export interface Row {
  id: string;
  devicesCount: number;
  lastReportedDateTime: string;
  status: string;
  userDisplayName: string | null;
  userPrincipalName: string | null;
}

export const STATUSES: readonly string[] = [
  'unknown',
  'notApplicable',
  'compliant',
  'remediated',
  'nonCompliant',
  'error',
  'conflict',
  'notAssigned',
];

export const NULL: Literal = { kind: 'literal', type: 'null', text: 'null' };

export function literal(type: ExpressionType, text: string | number | boolean): Literal {
  return { kind: 'literal', type, text: String(text) };
}

export function property(name: keyof Row): Expression {
  return { kind: 'property', name };
}

export function call(name: string, ...parameters: Expression[]): Expression {
  return { kind: 'call', name, parameters };
}
