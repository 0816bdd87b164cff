import { setTimeout } from 'node:timers/promises';

import Database from 'better-sqlite3';

import { runLoad, type Load, type LoadResult } from './load.js';
import { type Target } from './target.js';

const ROWS_OF_ANSWER = { create: 1, batch: 20 };
const SETTLE_MS = 1000;

/** How many rows the database of a server holds, read from its file. */
export function countRows({ databaseFile, table }: Target): number {
  const database = new Database(databaseFile, { readonly: true });
  try {
    return database.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get()!;
  } finally {
    database.close();
  }
}

/** Waits until the server has finished what nobody waits for any more. */
async function countSettledRows(target: Target): Promise<number> {
  for (let rows = countRows(target); ;) {
    await setTimeout(SETTLE_MS);
    const later = countRows(target);
    if (later === rows) return rows;
    rows = later;
  }
}

/** A load that writes. Throws where the rows that have come to the database are not as many as were answered for. */
export async function runCreates(
  load: Load & { kind: keyof typeof ROWS_OF_ANSWER },
): Promise<LoadResult> {
  let before = countRows(load.target);
  const onTrialDone = async (): Promise<void> => {
    before = await countSettledRows(load.target);
  };
  const result = await runLoad({ ...load, onTrialDone });
  const stored = countRows(load.target) - before;
  const promised = result.answers * ROWS_OF_ANSWER[load.kind];
  if (stored !== promised) {
    throw new Error(`${load.target.name} answered for ${promised} rows and stored ${stored}`);
  }
  return result;
}
