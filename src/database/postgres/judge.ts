import { LimitedRows } from '../limited-rows.js';
import { FEW_ROWS, type Found } from '../query.js';
import type { JudgeTask } from './judge-messages.js';
import type { JudgedTable } from './judged-table.js';
import type { SelectingConnection } from './selecting-connection.js';

type Rows = Found<readonly unknown[]>;

/** The rows of a query, as SQLite finds them among those that PostgreSQL selects. */
export async function judge(
  task: JudgeTask,
  table: JudgedTable,
  connection: SelectingConnection,
): Promise<Rows> {
  switch (task.parts) {
    case 'rows':
      return connection.reading(() => findInParts(task, table, connection));
    case 'numbers':
      return connection.reading(() => addUp(task, table, connection));
    case 'none':
      await connection.reading(() => load(task, table, connection));
      return findInAll(task, table);
  }
}

async function findInParts(
  { sources, statements, limit, skip }: JudgeTask,
  table: JudgedTable,
  connection: SelectingConnection,
): Promise<Rows> {
  const found = new LimitedRows(limit, skip);
  for (const [i, source] of sources.entries()) {
    const statement = statements.length === 1 ? statements[0]! : statements[i]!;
    for await (const part of connection.select(source)) {
      table.fill(part);
      table.run([statement], found);
      if (found.hasMore) return found;
      table.empty();
    }
  }
  return found;
}

async function addUp(
  { sources, statements }: JudgeTask,
  table: JudgedTable,
  connection: SelectingConnection,
): Promise<Rows> {
  let sum = 0;
  for (const source of sources) {
    for await (const part of connection.select(source)) {
      table.fill(part);
      const found = new LimitedRows(FEW_ROWS);
      table.run(statements, found);
      sum += Number(found.rows[0]![0]);
      table.empty();
    }
  }
  return { rows: [[sum]], hasMore: false };
}

async function load(
  { sources }: JudgeTask,
  table: JudgedTable,
  connection: SelectingConnection,
): Promise<void> {
  for (const source of sources) {
    for await (const part of connection.select(source)) table.fill(part);
  }
}

function findInAll({ statements, limit, skip }: JudgeTask, table: JudgedTable): Rows {
  const found = new LimitedRows(limit, skip);
  table.run(statements, found);
  return found;
}
