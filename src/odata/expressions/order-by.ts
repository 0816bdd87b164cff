/**
 * `$orderby` (OData 4.01 URL Conventions, 5.1.5): expressions, each with a direction, and the keys
 * behind them.
 */
import { findProperty, type StructuredType } from '../edm.js';
import { requireShortTexts } from './expression-cost.js';
import { ExpressionParser, type ExpressionContext } from './expression-parser.js';
import type { Expression } from './expression.js';
import { syntaxError } from './syntax-error.js';

/** Sorting by more than this is nobody's wish. */
export const MAX_ORDER_ITEMS = 8;

export interface OrderItem {
  expression: Expression;
  isDescending: boolean;
}

/**
 * The whole order: nothing else is at the place of one in it, because it ends with what tells one
 * from all others, the `keys`, in the direction of the item before, so that an index can be walked
 * straight on.
 */
export function parseOrderBy(
  text: string | undefined,
  context: ExpressionContext,
  keys: readonly string[],
): OrderItem[] {
  const items = text === undefined ? [] : parseItems(text, context);
  const places = keys.map((key) => items.findIndex((item) => isProperty(item, key)));
  // What comes behind the keys never decides.
  if (!places.includes(-1)) return items.slice(0, Math.max(...places, -1) + 1);
  const isDescending = items.at(-1)?.isDescending ?? false;
  const missing = keys.filter((_, i) => places[i] === -1);
  return [...items, ...missing.map((key) => toItem(context.entityType, key, isDescending))];
}

function isProperty({ expression }: OrderItem, name: string): boolean {
  return expression.kind === 'property' && expression.property.name === name;
}

function parseItems(text: string, context: ExpressionContext): OrderItem[] {
  const parser = new ExpressionParser(text, context);
  const items: OrderItem[] = [];
  do {
    const expression = parser.expression();
    if (items.length === MAX_ORDER_ITEMS) {
      const message = `The order has more than ${String(MAX_ORDER_ITEMS)} items`;
      throw syntaxError(message, expression.at, context.option);
    }
    requireShortTexts(expression, context.option);
    items.push({ expression, isDescending: parser.reader.takeWord('asc', 'desc') === 'desc' });
  } while (parser.reader.takePunctuation(','));
  parser.reader.requireEnd();
  return items;
}

function toItem(type: StructuredType, name: string, isDescending: boolean): OrderItem {
  const property = findProperty(type, name)!;
  return { expression: { kind: 'property', type: property.type, at: 0, property }, isDescending };
}
