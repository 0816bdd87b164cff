import { setTimeout } from 'node:timers/promises';

import { runLoad, type Load, type LoadResult } from './load.js';
import { type Target } from './target.js';

const ROWS_OF_ANSWER = { create: 1, batch: 20 };
const SETTLE_MS = 1000;

/** Waits until the server has finished what nobody waits for any more. */
async function countSettledRows(target: Target): Promise<number> {
  for (let rows = await target.countRows(); ;) {
    await setTimeout(SETTLE_MS);
    const later = await target.countRows();
    if (later === rows) return rows;
    rows = later;
  }
}

/** A load that writes. Throws where the rows that have come to the database are not as many as were answered for. */
export async function runCreates(
  load: Load & { kind: keyof typeof ROWS_OF_ANSWER },
): Promise<LoadResult> {
  let before = await load.target.countRows();
  const onTrialDone = async (): Promise<void> => {
    before = await countSettledRows(load.target);
  };
  const result = await runLoad({ ...load, onTrialDone });
  const stored = (await load.target.countRows()) - before;
  const promised = result.answers * ROWS_OF_ANSWER[load.kind];
  if (stored !== promised) {
    throw new Error(`${load.target.name} answered for ${promised} rows and stored ${stored}`);
  }
  return result;
}
