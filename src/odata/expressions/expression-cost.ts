/** What an expression can cost at the most for one row, as far as its form tells. */
import { operandsOf, type Expression } from './expression.js';
import { syntaxError } from './syntax-error.js';

/**
 * The longest text that an expression may make of others, in characters. Searching in a text takes
 * its length times the other's.
 */
export const MAX_COMPUTED_LENGTH = 8192;

/** Numbers, dates, times and names of members are no longer than this. */
const MAX_SCALAR_LENGTH = 64;

/** An expression of more parts than this is not taken for simple, whatever they are. */
const MAX_SIMPLE_PARTS = 12;

/**
 * Throws `BadRequest` for an expression that can make a longer text than `MAX_COMPUTED_LENGTH`,
 * with the place.
 */
export function requireShortTexts(expression: Expression, option: string): void {
  lengthOf(expression, option);
}

function lengthOf(expression: Expression, option: string): number {
  const lengths = operandsOf(expression).map((operand) => lengthOf(operand, option));
  const length = combine(expression, lengths);
  const isMade = expression.kind !== 'literal' && expression.kind !== 'property';
  if (!isMade || length <= MAX_COMPUTED_LENGTH) return length;
  throw syntaxError(
    `A text of more than ${String(MAX_COMPUTED_LENGTH)} characters can be made`,
    expression.at,
    option,
  );
}

function combine(expression: Expression, lengths: readonly number[]): number {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? expression.value.length : MAX_SCALAR_LENGTH;
    case 'property':
      return expression.property.maxLength ?? MAX_SCALAR_LENGTH;
    case 'cast':
    case 'case':
      return Math.max(MAX_SCALAR_LENGTH, ...lengths);
    case 'call':
      switch (expression.sql) {
        case 'concat':
          return lengths.reduce((sum, length) => sum + length, 0);
        // A few letters become three when their case changes, and then no more.
        case 'toLower':
        case 'toUpper':
        case 'substring':
        case 'trim':
          return lengths[0]!;
        default:
          return MAX_SCALAR_LENGTH;
      }
    default:
      return MAX_SCALAR_LENGTH;
  }
}

/** Whether it takes next to no time for one row: a few comparisons of properties with values. */
export function isSimple(expression: Expression): boolean {
  let parts = 0;
  function visit(part: Expression): boolean {
    parts += 1;
    const isSimple =
      part.kind !== 'call' &&
      part.kind !== 'cast' &&
      part.kind !== 'case' &&
      part.kind !== 'arithmetic';
    return isSimple && parts <= MAX_SIMPLE_PARTS && operandsOf(part).every(visit);
  }
  return visit(expression);
}
