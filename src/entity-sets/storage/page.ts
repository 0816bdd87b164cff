import type { Scalar } from '../../odata/expressions/expression.js';

/** One page, and the place behind which the next one begins, where there are more. */
export interface Page<Row> {
  rows: readonly Row[];
  next: readonly Scalar[] | undefined;
  count: number | undefined;
}

/** Nothing is behind a page that shall hold nothing: it would lead to itself. */
export const EMPTY_PAGE = { rows: [], hasMore: false };
