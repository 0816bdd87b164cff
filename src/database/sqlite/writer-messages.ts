/**
 * What the service and the thread that writes say to each other. Apart from `mutation-writer.ts`,
 * or the thread would load Nest for a constant.
 */
import type { TableStatements } from './mutation.js';

/** What the thread is started with. */
export interface WriterData {
  file: string;
  tables: readonly TableStatements[];
}

/** JSON of `MutationUnit[]`, because texts are copied far faster than values; or a wish. */
export type ToWriter = string;

/** Asks the thread to copy all of the write-ahead log, so that it can begin anew. */
export const COPY_LOG = 'copy the log';

export type FromWriter =
  /** How the groups that were posted fared, in their order; none when the thread is ready. */
  { results: readonly Result[]; isLogLong: boolean } | typeof COPY_LOG;

/** JSON of `MutationOutcome[][]`, where the group is committed. */
export type Result =
  { outcomes: string } | { failure: { message: string; code: string | undefined } };
