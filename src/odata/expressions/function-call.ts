/**
 * A function's name and its arguments → what is called (URL Conventions 4.01, 5.1.1.5 to 5.1.1.10).
 */
import { shorten } from '../../errors/graph-error.js';
import { describeType, findEnumeration, type StructuredType } from '../edm.js';
import { cureOf } from './cures.js';
import { toCall, toScalar, type Expression } from './expression.js';
import {
  CAST_TYPES,
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  UNSUPPORTED_FUNCTIONS,
  type Overload,
} from './functions.js';
import { MAX_PATTERN_LENGTH, toLinearPattern } from './pattern.js';
import type { Patterns } from './patterns.js';
import type { Fault } from './syntax-error.js';

/**
 * Throws for a name that no function has: before its arguments are read, which may be of a grammar
 * of their own.
 */
export function requireFunction(written: string, at: number, fault: Fault): void {
  const name = written.toLowerCase();
  if (Object.hasOwn(CONSTANT_FUNCTIONS, name) || Object.hasOwn(FUNCTIONS, name)) return;
  if (UNSUPPORTED_FUNCTIONS.has(name)) {
    throw fault(`The function '${written}' is not supported,`, at, { code: 'NotImplemented' });
  }
  const cure = cureOf(written.split('.').at(-1)!);
  throw fault(`There is no function '${shorten(written)}'`, at, { cure });
}

export interface CallContext {
  /** The moment that `now()` is. */
  now: string;
  patterns: Patterns;
  fault: Fault;
}

export function toFunctionCall(
  written: string,
  operands: readonly Expression[],
  at: number,
  context: CallContext,
): Expression {
  const { now, fault } = context;
  const name = written.toLowerCase();
  const constant = Object.hasOwn(CONSTANT_FUNCTIONS, name) ? CONSTANT_FUNCTIONS[name] : undefined;
  if (constant !== undefined) {
    if (operands.length > 0) throw fault(`'${written}' takes nothing`, at);
    return { kind: 'literal', type: 'dateTimeOffset', at, value: constant(now) };
  }
  const overloads = FUNCTIONS[name]!;
  const overload = overloads.find((each) => accepts(each, operands));
  if (overload === undefined) {
    const shapes = overloads.map(
      ({ parameters }) => `(${parameters.map((type) => describeType(type)).join(', ')})`,
    );
    throw fault(`'${written}' takes ${shapes.join(' or ')}, not these arguments`, at);
  }
  const { sql, result } = overload;
  if (sql === 'matchesPattern') return toPatternCall(operands, at, context);
  if (sql === 'substring') checkSubstring(operands, fault);
  // An integer is round already.
  if (['round', 'floor', 'ceiling'].includes(sql) && result === 'integer') return operands[0]!;
  return toCall(sql, operands, result, at);
}

/** A cast to the type that `name`, at `nameAt`, is of. */
export function toCast(
  operand: Expression,
  name: string,
  nameAt: number,
  at: number,
  entityType: StructuredType,
  fault: Fault,
): Expression {
  const enumeration = findEnumeration(entityType, name);
  if (enumeration !== undefined) {
    return { kind: 'cast', type: enumeration, at, operand, target: enumeration.name };
  }
  const type = Object.hasOwn(CAST_TYPES, name) ? CAST_TYPES[name] : undefined;
  if (type !== undefined) return { kind: 'cast', type, at, operand, target: name };
  if (/^Edm\.\w+$/.test(name)) {
    throw fault(`Nothing here can be cast to '${shorten(name)}',`, nameAt, {
      code: 'NotImplemented',
    });
  }
  throw fault(`There is no type '${shorten(name)}'`, nameAt);
}

/**
 * Whether an overload takes these arguments: an integer goes where a decimal may, and null
 * anywhere.
 */
function accepts({ parameters }: Overload, operands: readonly Expression[]): boolean {
  return (
    parameters.length === operands.length &&
    parameters.every((type, i) => {
      const given = operands[i]!.type;
      return given === type || given === 'null' || (type === 'decimal' && given === 'integer');
    })
  );
}

function checkSubstring([, , length]: readonly Expression[], fault: Fault): void {
  const value = length === undefined ? null : toScalar(length);
  if (typeof value === 'bigint' && value < 0n) {
    throw fault('The length of a substring cannot be negative', length!.at);
  }
}

/** The pattern must be a literal: it is compiled once, before anything else runs. */
function toPatternCall(
  operands: readonly Expression[],
  at: number,
  { patterns, fault }: CallContext,
): Expression {
  const [text, pattern, flags] = operands;
  const source = pattern?.kind === 'literal' ? pattern.value : undefined;
  const options = flags === undefined ? '' : flags.kind === 'literal' ? flags.value : undefined;
  if (typeof source !== 'string' || typeof options !== 'string') {
    throw fault('The pattern and its flags must be string literals', pattern?.at ?? at);
  }
  if (!/^[imsu]*$/.test(options)) {
    throw fault("The flags of a pattern are 'i', 'm', 's' and 'u'", flags!.at);
  }
  if (source.length > MAX_PATTERN_LENGTH) {
    throw fault(`The pattern has more than ${String(MAX_PATTERN_LENGTH)} characters`, pattern!.at);
  }
  const value = toLinearPattern(source, options);
  patterns.mention(value, pattern!.at, fault);
  const linear: Expression = { kind: 'literal', type: 'string', at, value };
  return toCall('matchesPattern', [text!, linear], 'boolean', at);
}
