/**
 * Which rows an index leads to. A property that is indexed has one of its values and the key behind
 * them, and the key has one of its own: what asks for one range of the index that has its order
 * reads no row but those it returns.
 */
import type { Property } from '../edm.js';
import type { Expression } from '../expressions/expression.js';
import type { OrderItem } from '../expressions/order-by.js';

/** A comparison of a property with a value. */
interface Bound {
  property: Property;
  isEquality: boolean;
}

/** Whether the entities that a filter selects are, in this order, one stretch of an index. */
export function isIndexRange(
  filter: Expression | undefined,
  orderBy: readonly OrderItem[],
  key: string,
  isIndexed: (property: string) => boolean,
): boolean {
  const order = orderBy.map(propertyOf);
  const isWalk =
    order.length <= 2 &&
    order.every((property) => property !== undefined) &&
    order.at(-1)!.name === key &&
    orderBy.every(({ isDescending }) => isDescending === orderBy[0]!.isDescending);
  if (!isWalk) return false;

  const bounds = filter === undefined ? [] : toBounds(filter);
  if (bounds === undefined) return false;
  const onKey = bounds.filter(({ property }) => property.name === key);
  const others = bounds.filter(({ property }) => property.name !== key);
  const [leading] = order.length === 2 ? order : others.map(({ property }) => property);
  if (leading === undefined) return true;
  if (!isIndexed(leading.name)) return false;
  const isOneRange = others.every(({ property }) => property.name === leading.name);
  // Only among rows of one value does the index have the order of the key.
  const isOneValue = others.length === 1 && others[0]!.isEquality;
  return isOneRange && (isOneValue || (order.length === 2 && onKey.length === 0));
}

function propertyOf({ expression }: OrderItem): Property | undefined {
  return expression.kind === 'property' ? expression.property : undefined;
}

/**
 * The comparisons that are all true where the filter is; `undefined` where it is more than that.
 */
function toBounds(filter: Expression): Bound[] | undefined {
  if (filter.kind === 'logical' && filter.operator === 'and') {
    const bounds = filter.operands.map(toBounds);
    return bounds.every((each) => each !== undefined) ? bounds.flat() : undefined;
  }
  if (filter.kind !== 'comparison' || filter.operator === 'ne') return undefined;
  const { left, right, operator } = filter;
  const [side, value] = left.kind === 'property' ? [left, right] : [right, left];
  if (side.kind !== 'property' || !isValue(value)) return undefined;
  return [{ property: side.property, isEquality: operator === 'eq' }];
}

/** Null has comparisons of its own, and NaN has none. */
function isValue(expression: Expression): boolean {
  return (
    expression.kind === 'literal' &&
    expression.value !== null &&
    !Number.isNaN(expression.value) &&
    typeof expression.value !== 'boolean'
  );
}
