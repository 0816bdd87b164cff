/**
 * Operands in one type (URL Conventions 4.01, 5.1.1.1 and 5.1.1.18). A string literal becomes the
 * member, or the duration, that it names beside one; a date literal becomes its first moment in UTC
 * beside a timestamp.
 */
import { shorten } from '../../errors/graph-error.js';
import { describeType, isNumeric, type EdmType, type Enumeration } from '../edm.js';
import { toInstant } from '../date-time-offset.js';
import type { Expression } from './expression.js';
import type { Fault } from './syntax-error.js';
import { parseDuration, toDateTimeText } from './temporal.js';

/**
 * `verb` is what cannot be done with operands that do not go together, in the words of a message.
 */
export function unify(
  left: Expression,
  right: Expression,
  verb: string,
  fault: Fault,
): [Expression, Expression] {
  const a = convert(left, right.type, fault);
  const b = convert(right, left.type, fault);
  const fits =
    a.type === b.type ||
    a.type === 'null' ||
    b.type === 'null' ||
    (isNumeric(a.type) && isNumeric(b.type));
  if (fits) return [a, b];
  throw fault(`Cannot ${verb} ${describeType(a.type)} and ${describeType(b.type)}`, right.at, {
    cure: cureOfQuotes(a, b),
  });
}

/** Most that do not go together differ by quotes only. */
function cureOfQuotes(a: Expression, b: Expression): string {
  const text = [a, b].find(({ type }) => type === 'string');
  if (text === undefined) return '';
  const other = text === a ? b : a;
  const value = text.kind === 'literal' ? String(text.value) : '';
  if (other.type === 'dateTimeOffset' && toInstant(value) !== undefined) {
    return `Write the time without quotes: ${value}.`;
  }
  if (isNumeric(other.type) && /^-?\d+(?:\.\d+)?$/.test(value)) {
    return `Write the number without quotes: ${shorten(value)}.`;
  }
  return 'Texts stand in single quotes, other values do not.';
}

/** All results of a `case`, and the type that holds them all. */
export function unifyResults(
  results: readonly Expression[],
  fault: Fault,
): { type: EdmType; results: Expression[] } {
  const verb = 'choose between';
  const widest = results.reduce((left, right) => {
    const [a, b] = unify(left, right, verb, fault);
    return a.type === 'null' || (a.type === 'integer' && b.type === 'decimal') ? b : a;
  });
  return {
    type: widest.type,
    results: results.map((result) => unify(widest, result, verb, fault)[1]),
  };
}

export function toMemberLiteral(
  enumeration: Enumeration,
  text: string,
  at: number,
  fault: Fault,
): Expression {
  const { name, members } = enumeration;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : members.indexOf(text);
  if (members[value] === undefined) {
    throw fault(`${name} has no member '${shorten(text)}' (it has ${members.join(', ')})`, at);
  }
  return { kind: 'literal', type: enumeration, at, value: BigInt(value) };
}

/** A string literal that names a duration, as the duration; anything else as it is. */
export function toDurationLiteral(expression: Expression): Expression {
  const isText = expression.kind === 'literal' && expression.type === 'string';
  const value = isText ? parseDuration(expression.value as string) : undefined;
  return value === undefined
    ? expression
    : { ...expression, kind: 'literal', type: 'duration', value };
}

function convert(expression: Expression, type: EdmType, fault: Fault): Expression {
  if (expression.kind !== 'literal') return expression;
  const { value, at } = expression;
  if (expression.type === 'string' && typeof type === 'object') {
    return toMemberLiteral(type, value as string, at, fault);
  }
  if (expression.type === 'string' && type === 'duration') return toDurationLiteral(expression);
  if (expression.type === 'date' && type === 'dateTimeOffset') {
    return { ...expression, type: 'dateTimeOffset', value: toDateTimeText(value as string) };
  }
  return expression;
}
