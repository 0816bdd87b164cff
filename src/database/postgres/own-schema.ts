/** Whether a schema is ours, as far as a start, or an erasure, may go on with it. */
import type pg from 'pg';

import { codeOf } from './driver-errors.js';
import { UnsuitableServer } from './server-checks.js';
import { LOCK_TABLE } from './schema-lock.js';

export const MIGRATION_TABLE = 'schema_migration';

/** What a start that was cut short may have left. */
const BEGUN: readonly string[] = [MIGRATION_TABLE, LOCK_TABLE];

const MAX_SHOWN = 3;

/** What extensions brought along is nobody's. */
const TABLES = `
  SELECT c.relname AS "name" FROM pg_class AS c
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND NOT EXISTS (
      SELECT 1 FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`;

/**
 * Throws, with nothing touched, where the schema is another application's or was made by a newer
 * release than the one with these migrations. Returns whether there is one at all.
 */
export async function requireOwnSchema(
  client: pg.ClientBase,
  migrations: readonly string[],
): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>(TABLES);
  const tables = rows.map(({ name }) => name);
  const done = tables.includes(MIGRATION_TABLE) ? await findMigrations(client) : [];
  const isOurs = done?.includes(migrations[0]!) === true;
  const isBegun = done?.length === 0 && tables.every((name) => BEGUN.includes(name));
  if (!isOurs && !isBegun) throw new UnsuitableServer(refuseForeign(tables));
  const unknown = done.filter((name) => !migrations.includes(name));
  if (unknown.length > 0) {
    throw new UnsuitableServer(
      `a newer release of this program has changed it (${unknown.join(', ')}): start that one`,
    );
  }
  return isOurs;
}

/** `undefined` where the table is another's. */
async function findMigrations(client: pg.ClientBase): Promise<string[] | undefined> {
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT "name" FROM "${MIGRATION_TABLE}"`,
    );
    return rows.map(({ name }) => name);
  } catch (error) {
    if (codeOf(error) === '42703') return undefined;
    throw error;
  }
}

function refuseForeign(tables: readonly string[]): string {
  const shown = tables.slice(0, MAX_SHOWN).map((name) => `'${name}'`);
  const more = tables.length > MAX_SHOWN ? ', …' : '';
  return (
    `it belongs to another application, whose tables it has (${shown.join(', ')}${more}): ` +
    'give the service a database of its own'
  );
}
