import type { PostgresSettings } from '../../config/postgres-url.js';
import { countWriters } from './advisory-locks.js';
import { cut, openClient } from './open-connection.js';
import { MIGRATION_TABLE, requireOwnSchema } from './own-schema.js';
import { withSchemaLock } from './schema-lock.js';
import { ServerChoice } from './server-choice.js';

const STATEMENT_MS = 60_000;

const TABLES = ['user_status', 'user_status_count', 'user_status_collection', 'secret'];

/**
 * Drops the tables of the service. Throws, with nothing dropped, where a service uses them, or they
 * are not ours. Returns `false` where there are none.
 */
export async function eraseSchema(
  settings: PostgresSettings,
  migrations: readonly string[],
): Promise<boolean> {
  const server = await new ServerChoice(settings).find();
  // The lock may be a transaction, with which the work would be undone.
  const lock = await openClient(settings, server, { statementMs: STATEMENT_MS });
  const client = await openClient(settings, server, { statementMs: STATEMENT_MS });
  try {
    return await withSchemaLock(lock, new AbortController().signal, async () => {
      if (!(await requireOwnSchema(client, migrations))) return false;
      if ((await countWriters(client)) > 0) throw new Error('a service uses it: stop that first');
      // One statement, so that all of them go or none.
      const tables = [...TABLES, MIGRATION_TABLE].map((name) => `"${name}"`).join(', ');
      await client.query(`DROP TABLE ${tables}`);
      return true;
    });
  } finally {
    cut(lock);
    cut(client);
  }
}
