/** What a server must be like, or a 201 would promise what it does not keep. */
import type pg from 'pg';

import { READ_ONLY } from './driver-errors.js';

/** The oldest that is tried. */
const MIN_VERSION = 15;

/** Weaker ones say that a commit is on the disk before it is. */
const DURABLE_COMMITS: readonly string[] = ['on', 'remote_apply'];

interface ServerState {
  isStandby: boolean;
  isReadOnly: boolean;
  version: number;
  encoding: string;
  commit: string;
  fsync: string | null;
  full_page_writes: string | null;
}

/** The server is not one that can serve. No attempt to reach it again helps. */
export class UnsuitableServer extends Error {}

/**
 * Looks at the server behind a connection, and fixes there how it commits: a setting that is
 * changed later is met by the connections that are opened later.
 */
const STATE = `
  SELECT pg_is_in_recovery() AS "isStandby",
    current_setting('transaction_read_only') = 'on' AS "isReadOnly",
    current_setting('server_version_num')::int / 10000 AS "version",
    current_setting('server_encoding') AS "encoding",
    set_config('synchronous_commit', current_setting('synchronous_commit'), false) AS "commit",
    current_setting('fsync', true) AS "fsync",
    current_setting('full_page_writes', true) AS "full_page_writes"`;

const WRITES: readonly string[] = ['INSERT', 'UPDATE', 'DELETE'];

const CLOSED_TABLE = `
  SELECT "table" FROM unnest($1::text[]) AS "table", unnest($2::text[]) AS "privilege"
  WHERE NOT has_table_privilege("table", "privilege") LIMIT 1`;

/** The server takes no writes now; another may, or this one soon. */
class ReadOnlyServer extends Error {
  readonly code = READ_ONLY;
}

/** Throws where the server cannot serve; returns what the log should warn of. */
export async function checkServer(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<ServerState>(STATE);
  const state = rows[0]!;
  requireSuitable(state);
  requireWritable(state);
  return (['fsync', 'full_page_writes'] as const)
    .filter((setting) => state[setting] === 'off')
    .map(toWarning);
}

/** Throws where the server takes no writes. */
export async function checkPrimary(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<ServerState>(STATE);
  requireWritable(rows[0]!);
}

/** Throws where the role may not write to one of the tables, which are quoted. */
export async function requireWriteAccess(
  client: pg.ClientBase,
  tables: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ table: string }>(CLOSED_TABLE, [tables, WRITES]);
  const [closed] = rows;
  if (closed === undefined) return;
  throw new UnsuitableServer(
    `its role may not write to ${closed.table}: GRANT ${WRITES.join(', ')} ON it to the role`,
  );
}

function requireWritable({ isStandby, isReadOnly }: ServerState): void {
  if (isStandby) throw new ReadOnlyServer('it is a standby, and takes no writes');
  if (isReadOnly) throw new ReadOnlyServer('it is set to be read only');
}

function requireSuitable({ version, encoding, commit }: ServerState): void {
  if (version < MIN_VERSION) {
    throw new UnsuitableServer(
      `it is PostgreSQL ${String(version)}, and ${String(MIN_VERSION)} is the oldest that serves`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new UnsuitableServer(
      `its encoding is ${encoding}, which has not all characters: make it anew with ` +
        "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
    );
  }
  if (!DURABLE_COMMITS.includes(commit)) {
    throw new UnsuitableServer(
      `its synchronous_commit is '${commit}', with which it can lose what it has acknowledged: ` +
        "set it to 'on' or 'remote_apply' for this role and database",
    );
  }
}

function toWarning(setting: string): string {
  return (
    `the database server runs with ${setting}=off: what the service acknowledges is lost when ` +
    "the server's machine fails"
  );
}
