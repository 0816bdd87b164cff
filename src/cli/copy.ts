/** `user-statuses copy`: makes another database hold the same data set. */
import { Logger } from '@nestjs/common';

import type { Config } from '../config/config.js';
import type { DataSet } from '../database/data-set.js';
import { engineOf } from '../database/engines.js';
import { TABLES } from '../tables.js';
import { claim, complete } from './copy/claim.js';
import { compare, type Comparison, type Difference, type Digest } from './copy/compare.js';
import { copyRows } from './copy/copy-rows.js';
import { parseOptions, USAGE, UsageError, type Options } from './copy/options.js';
import { Progress, toText } from './copy/progress.js';

const FAILED = 1;
const MISUSED = 2;
const DIFFERENT = 3;

async function run(): Promise<void> {
  const options = parseOptions();
  if (options === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const source = await openToRead(options.from);
  try {
    const { different, ...all } = await (options.mode === 'compare'
      ? compareWith(source, options.to)
      : copyTo(source, options));
    process.stdout.write(
      different === 0
        ? `All is alike: ${describe(all)} in ${toText(all.collections, 'collection')}.\n`
        : `Not alike: ${toText(different, 'collection')}. Run copy again, without --compare, and ` +
            'a last time when nobody writes to --from any more.\n',
    );
    if (different > 0) process.exitCode = DIFFERENT;
  } finally {
    await source.close();
  }
}

async function copyTo(source: DataSet, { to, mode }: Options): Promise<Comparison> {
  const target = await engineOf(to).openTarget(to, TABLES);
  try {
    await claim(source, target, mode === 'overwrite');
    const { put, removed } = await observe('copied', source, (onRow) =>
      copyRows(source, target, onRow),
    );
    process.stdout.write(
      `Copied ${source.place} to ${target.place}: ${toText(put, 'row')} put, ` +
        `${toText(removed)} removed.\n`,
    );
    const comparison = await compareAll(source, target);
    if (comparison.different === 0) await complete(target);
    return comparison;
  } finally {
    await target.close();
  }
}

async function compareWith(source: DataSet, to: Config): Promise<Comparison> {
  const target = await openToRead(to);
  try {
    return await compareAll(source, target);
  } finally {
    await target.close();
  }
}

function openToRead(config: Config): Promise<DataSet> {
  return engineOf(config).openSource(config, TABLES);
}

function compareAll(source: DataSet, target: DataSet): Promise<Comparison> {
  return observe('compared', source, (onRow) => compare(source, target, onRow, tellDifference));
}

async function observe<T>(
  what: string,
  { tables }: DataSet,
  work: (onRow: () => void) => Promise<T>,
): Promise<T> {
  const counts = await Promise.all(tables.map((table) => table.count()));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const progress = new Progress(what, total, process.stderr);
  try {
    return await work(progress.add);
  } finally {
    progress.end();
  }
}

function tellDifference({ collection, source, target }: Difference): void {
  process.stdout.write(
    `${JSON.stringify(collection)} is not alike: ${describe(source)} in --from, ` +
      `${describe(target)} in --to\n`,
  );
}

function describe({ rows, checksum }: Digest): string {
  return rows === 0 ? 'no rows' : `${toText(rows, 'row')} with the checksum ${checksum}`;
}

/** What engines tell the log of a service. */
function warn(message: string): void {
  process.stderr.write(`copy: ${message}\n`);
}

Logger.overrideLogger({ log: warn, warn, error: warn });
// The database may be made here; it is nobody else's.
process.umask(0o077);

try {
  await run();
} catch (error) {
  const isMisused = error instanceof UsageError;
  process.stderr.write(`copy: ${(error as Error).message}\n${isMisused ? `${USAGE}\n` : ''}`);
  process.exitCode = isMisused ? MISUSED : FAILED;
}
