import type { DataSource } from 'typeorm';

/** Throws where the schema is not the one that this program makes; nothing is written. */
export async function requireCurrentSchema(dataSource: DataSource): Promise<void> {
  const table = String(dataSource.options.migrationsTableName);
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable(table))) throw new Error('no service has ever used it');
  } finally {
    await runner.release();
  }
  const rows = await dataSource.query<{ name: string }[]>(`SELECT "name" FROM "${table}"`);
  const applied = new Set(rows.map(({ name }) => name));
  const known = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
  if (known.some((name) => !applied.has(name))) {
    throw new Error('its schema is older than this program: start the service on it once');
  }
  if (applied.size > known.length) {
    throw new Error('its schema is newer than this program: use the program that it belongs to');
  }
}
