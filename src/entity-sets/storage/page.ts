import type { Scalar } from '../../odata/expressions/expression.js';

/** One page, and the place behind which the next one begins, where there are more. */
export interface Page<Row> {
  /** They are taken out when they are rendered, as those that were found are. */
  rows: Row[];
  next: readonly Scalar[] | undefined;
  count: number | undefined;
}

/** Nothing is behind a page that shall hold nothing: it would lead to itself. */
export const EMPTY_PAGE = { rows: [], hasMore: false };
