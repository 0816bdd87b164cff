/** Requests of one kind, as many as are answered in a time, and what became of them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { loadByAutocannon } from './load-by-autocannon.js';
import { loadByWrk } from './load-by-wrk.js';
import { type Target } from './target.js';

export interface Load {
  target: Target;
  kind: 'create' | 'update' | 'batch' | 'get' | 'list';
  connections: number;
  seconds: number;
  /** The collection; `{n}` in it stands for a number of four digits, below `collections` and another each time. */
  path: string;
  collections?: number;
  /** For `get` and `update`: a path in each line. */
  keysFile?: string;
  /** Called where requests came before those that are counted. */
  onTrialDone?: () => Promise<void>;
}

export interface LoadResult {
  /** Answers in all, of which `failed` are no success. */
  answers: number;
  failed: number;
  /** Connections and requests that came to no answer. */
  broken: number;
  /** From the first request to the last answer. */
  seconds: number;
  perSecond: number;
  meanMs: number;
  p50Ms: number;
  p99Ms: number;
}

const IS_WRK_INSTALLED = (process.env.PATH ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'wrk'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

export const LOAD_PROGRAM = IS_WRK_INSTALLED ? 'wrk' : 'autocannon';

/** Throws where a request was not answered with success: the figures would not be of what they say. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const result = await (IS_WRK_INSTALLED ? loadByWrk(load) : loadByAutocannon(load));
  const { answers, failed, broken, seconds } = result;
  if (failed > 0 || broken > 0 || answers === 0) {
    throw new Error(
      `${load.target.name}, ${load.kind}: of ${answers} answers ${failed} were no success, ${broken} requests had none`,
    );
  }
  const perSecond = answers / seconds;
  // Each connection waits for its answer before it asks again. wrk's own mean is corrected for callers that would not.
  return { ...result, perSecond, meanMs: (1000 * load.connections) / perSecond };
}
