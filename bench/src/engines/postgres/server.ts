/** The PostgreSQL server of a run, and databases on it. */
import { randomUUID } from 'node:crypto';

import pg from 'pg';

/** Of `test/support/postgres-server.d.mts`. */
interface PostgresServer {
  url: string;
  pid: number;
}

const SERVERS = new URL('../../../../test/support/postgres-server.mjs', import.meta.url).href;

/** A server of its own would have much more; what is measured has to fit beside it on one machine. */
const SETTINGS = {
  shared_buffers: '2GB',
  // Checkpoints in the rounds would come to one contender and not to the other.
  max_wal_size: '32GB',
  checkpoint_timeout: '1h',
  wal_compression: 'pglz',
  maintenance_work_mem: '1GB',
  max_parallel_maintenance_workers: '2',
};

/** Without these an answer of 201 says nothing, and nothing is to be compared. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

let starting: Promise<Server> | undefined;

export interface Server {
  url: string;
  /** `undefined` where it was started by somebody else. */
  pid: number | undefined;
}

/** `BENCH_DATABASE_URL`, as a role that may create databases, or else one that ends with this process. */
export function useServer(): Promise<Server> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Server> {
  const given = process.env.BENCH_DATABASE_URL;
  const server = given === undefined ? await startOwn() : { url: given, pid: undefined };
  for (const [name, wanted] of Object.entries(DURABLE)) {
    const [row] = await query<{ setting: string }>(
      server.url,
      `SELECT current_setting($1) AS setting`,
      [name],
    );
    if (row!.setting !== wanted) throw new Error(`${name} of the server is ${row!.setting}`);
  }
  return server;
}

async function startOwn(): Promise<Server> {
  const { startPostgres } = await import(SERVERS);
  const server: PostgresServer = await startPostgres({ fsync: true, settings: SETTINGS });
  return server;
}

export interface BenchDatabase {
  url: string;
  drop: () => Promise<void>;
}

export async function createDatabase(): Promise<BenchDatabase> {
  const server = await useServer();
  const name = `user_statuses_bench_${randomUUID().slice(0, 8)}`;
  await query(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await query(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One statement, on a connection of its own. */
export async function query<Row>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query(text, [...values])).rows as Row[]);
}

export async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
