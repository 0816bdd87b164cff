import pg from 'pg';

/** A statement that each connection parses once, and knows by its name then. */
export interface NamedStatement {
  name: string;
  text: string;
}

/** Integers are what they are in rows: numbers, all of which are exact. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (...[oid, format]: Parameters<typeof pg.types.getTypeParser>): unknown =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

/** The values of each row that it returns. */
export async function runNamed(
  client: pg.ClientBase,
  { name, text }: NamedStatement,
  values: readonly unknown[],
): Promise<unknown[][]> {
  const query = { name, text, values: [...values], types: TYPES, rowMode: 'array' as const };
  return (await client.query<unknown[]>(query)).rows;
}
