/** What `copy` is told on its command line. */
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { parseConfig, type Config } from '../../config/config.js';

export const USAGE = `Usage: user-statuses copy --from URL --to URL [--overwrite | --compare]

  --from URL   the database with the data set, as DATABASE_URL names it; it is only read
  --to URL     the database to copy it to, made if there is none; no service may use it
  --overwrite  also where --to has been served since it was a copy: what was written to it is lost
  --compare    copy nothing, and say whether the two are alike

Each row that is missing in --to, or different, is put there; what --from does not have is deleted
there. So run it again after an interruption, or to catch up: it goes on where the two differ.
--from may be served meanwhile. What was written to it behind the copy's back is missing until the
next run: stop its service, run it a last time, then start the service on --to. Entity tags and page
tokens of before stay good. In the end both are read and compared, by the number of rows and a
checksum of each collection.

Exit code: 0 all is alike, 1 it failed, 2 wrong options, 3 not all is alike.`;

export interface Options {
  from: Config;
  to: Config;
  mode: 'copy' | 'overwrite' | 'compare';
}

/** It was started with options that cannot be right. */
export class UsageError extends Error {}

/** Throws `UsageError`; returns `undefined` where help is asked for. */
export function parseOptions(): Options | undefined {
  const { from, to, overwrite, compare: isComparing, help } = parseValues();
  if (help) return undefined;
  if (overwrite && isComparing) throw new UsageError('--compare writes nothing to overwrite');
  const options = { from: parseSide('--from', from), to: parseSide('--to', to) };
  if (isDeepStrictEqual(options.from.database, options.to.database)) {
    throw new UsageError('--from and --to name the same database');
  }
  return { ...options, mode: isComparing ? 'compare' : overwrite ? 'overwrite' : 'copy' };
}

function parseValues() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        overwrite: { type: 'boolean', default: false },
        compare: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** The rules of `DATABASE_URL`, and their sentences. */
function parseSide(option: string, url = ''): Config {
  if (url.trim() === '') throw new UsageError(`${option} must name a database`);
  try {
    return parseConfig({ DATABASE_URL: url });
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(
      message.replace(/^invalid configuration: /, '').replaceAll('DATABASE_URL', option),
      { cause },
    );
  }
}
