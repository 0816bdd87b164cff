/** What a row costs: bytes in the database and in its write-ahead log, and processor time of both sides. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runCreates } from '../checked-creates.js';
import { installService } from '../engines/postgres/installations.js';
import { query, useServer } from '../engines/postgres/server.js';
import { runLoad, type Load, type LoadResult } from '../load.js';
import { STORED_COLLECTIONS, type Pace } from '../pace.js';
import { readProcessorSeconds } from '../processor-time.js';
import { showProgress } from '../progress.js';
import { type Figure, type Figures } from '../requirements.js';
import { withTargets, type Target } from '../target.js';
import { CONNECTIONS } from './creates.js';

const CONFIGURATIONS = 'configuration-{n}';
const UPDATED_ROWS = 100_000;

/** As many rounds at once: the more rows, the more the indexes are as they will be. */
const CREATE_ROUNDS = 6;
const UPDATE_ROUNDS = 3;

export async function measureCosts({ seconds, warmUpSeconds }: Pace): Promise<Figures> {
  const installation = await installService();
  const { databaseUrl } = installation;
  return withTargets({ service: installation }, async ({ service }) => {
    const load: Omit<Load, 'kind' | 'seconds'> = {
      target: service,
      connections: CONNECTIONS,
      path: service.pathOf(CONFIGURATIONS),
      collections: STORED_COLLECTIONS,
    };
    await runCreates({ ...load, kind: 'create', seconds: warmUpSeconds });
    const create = await meter(service, databaseUrl, () =>
      runCreates({ ...load, kind: 'create', seconds: seconds * CREATE_ROUNDS }),
    );
    const size = await measureSize(databaseUrl);
    showProgress(`costs: ${size.rows.toLocaleString('en')} rows created`);

    const keysFile = join(service.program.folder, 'keys');
    await writeKeys(service, databaseUrl, keysFile);
    const update = await meter(service, databaseUrl, () =>
      runLoad({ ...load, kind: 'update', keysFile, seconds: seconds * UPDATE_ROUNDS }),
    );
    const rows = `${size.rows.toLocaleString('en')} rows in ${STORED_COLLECTIONS} collections`;
    return {
      rowBytes: { values: [size.tableBytes + size.indexBytes], detail: `${rows}; ${size.detail}` },
      indexBytes: { values: [size.indexBytes], detail: size.indexDetail },
      indexes: { values: [size.indexes], detail: '' },
      logBytes: { values: [create.logBytes], detail: 'without images of whole pages' },
      updateLogBytes: { values: [update.logBytes], detail: 'of count, status and time' },
      serviceTime: toTime(create.serviceMicroseconds, create.result),
      updateServiceTime: toTime(update.serviceMicroseconds, update.result),
      databaseTime: toTime(create.databaseMicroseconds, create.result),
      updateDatabaseTime: toTime(update.databaseMicroseconds, update.result),
    };
  });
}

interface Metered {
  result: LoadResult;
  /** Each for one answer. */
  logBytes: number;
  serviceMicroseconds: number | undefined;
  databaseMicroseconds: number | undefined;
}

async function meter(
  { pid }: Target,
  url: string,
  run: () => Promise<LoadResult>,
): Promise<Metered> {
  const server = await useServer();
  const read = async () => ({
    log: Number((await query<{ bytes: string }>(url, LOG_BYTES))[0]!.bytes),
    service: readProcessorSeconds(pid),
    database: server.pid === undefined ? undefined : readProcessorSeconds(server.pid),
  });
  const before = await read();
  const result = await run();
  const after = await read();
  const toMicroseconds = (from?: number, to?: number): number | undefined =>
    from === undefined || to === undefined ? undefined : ((to - from) * 1e6) / result.answers;
  return {
    result,
    logBytes: (after.log - before.log) / result.answers,
    serviceMicroseconds: toMicroseconds(before.service, after.service),
    databaseMicroseconds: toMicroseconds(before.database, after.database),
  };
}

const LOG_BYTES = `SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes`;

interface Size {
  rows: number;
  /** Each for one row. */
  tableBytes: number;
  indexBytes: number;
  indexes: number;
  detail: string;
  indexDetail: string;
}

async function measureSize(url: string): Promise<Size> {
  const [row] = await query<Record<'rows' | 'bytes' | 'indexes', string>>(
    url,
    `SELECT count(*) AS rows, pg_table_size('user_status') AS bytes,
       pg_indexes_size('user_status') AS indexes FROM user_status`,
  );
  const rows = Number(row!.rows);
  const indexes = await query<{ name: string; bytes: string }>(
    url,
    `SELECT indexrelid::regclass::text AS name, pg_relation_size(indexrelid) AS bytes
     FROM pg_index WHERE indrelid = 'user_status'::regclass ORDER BY 1`,
  );
  const perRow = (bytes: string): number => Math.round(Number(bytes) / rows);
  return {
    rows,
    tableBytes: Number(row!.bytes) / rows,
    indexBytes: Number(row!.indexes) / rows,
    indexes: indexes.length,
    detail: `${perRow(row!.bytes)} of them the row`,
    indexDetail: indexes
      .map(({ name, bytes }) => `${name.replace('user_status_', '')} ${perRow(bytes)}`)
      .join(', '),
  };
}

/** A file of paths, of rows from all collections. */
async function writeKeys(target: Target, url: string, file: string): Promise<void> {
  const rows = await query<{ configuration: string; id: string }>(
    url,
    `SELECT c.device_configuration_id AS configuration, s.id
     FROM user_status s JOIN user_status_collection c ON c.id = s.collection_id
     ORDER BY s.revision LIMIT $1`,
    [UPDATED_ROWS],
  );
  const paths = rows.map(({ configuration, id }) => `${target.pathOf(configuration)}/${id}`);
  writeFileSync(file, `${paths.join('\n')}\n`);
}

function toTime(microseconds: number | undefined, { perSecond, p99Ms }: LoadResult): Figure {
  return {
    values: microseconds === undefined ? [] : [microseconds],
    detail: `at ${Math.round(perSecond).toLocaleString('en')}/s, p99 ${p99Ms.toFixed(1)} ms`,
  };
}
