/**
 * `$orderby` (OData 4.01 URL Conventions, 5.1.5): expressions, each with a direction, and the key
 * behind them.
 */
import { findProperty, type EntityType } from '../edm.js';
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
 * The whole order: no two entities are at one place in it, because it ends with the key, in the
 * direction of the item before, so that an index can be walked straight on.
 */
export function parseOrderBy(text: string | undefined, context: ExpressionContext): OrderItem[] {
  const items = text === undefined ? [] : parseItems(text, context);
  const { entityType } = context;
  const keyAt = items.findIndex(
    ({ expression }) =>
      expression.kind === 'property' && expression.property.name === entityType.key,
  );
  // What comes behind the key never decides.
  if (keyAt !== -1) return items.slice(0, keyAt + 1);
  return [...items, toKeyItem(entityType, items.at(-1)?.isDescending ?? false)];
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

function toKeyItem(entityType: EntityType, isDescending: boolean): OrderItem {
  const property = findProperty(entityType, entityType.key)!;
  return { expression: { kind: 'property', type: property.type, at: 0, property }, isDescending };
}
