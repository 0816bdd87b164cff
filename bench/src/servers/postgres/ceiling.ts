/** Ceiling: the rows of all requests that have come meanwhile are one INSERT. */
import { serve } from '../hand-written/app.js';
import { COLUMNS, openTable, toStore } from '../hand-written/postgres-table.js';
import { type UserStatus } from '../hand-written/user-status.js';

interface Waiting {
  deviceConfigurationId: string;
  row: UserStatus;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Statements under way. With one the server has nothing to do while its answer is read. */
const WRITERS = 2;

const pool = await openTable(process.env.DATABASE!);
let waiting: Waiting[] = [];
let writing = 0;

async function flush(): Promise<void> {
  if (writing === WRITERS || waiting.length === 0) return;
  const group = waiting;
  waiting = [];
  writing += 1;
  try {
    await pool.query({
      name: 'insert',
      text: `INSERT INTO user_status ("deviceConfigurationId", ${COLUMNS}) SELECT * FROM unnest
        ($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[])`,
      values: [
        group.map(({ deviceConfigurationId }) => deviceConfigurationId),
        group.map(({ row }) => row.id),
        group.map(({ row }) => row.devicesCount),
        group.map(({ row }) => row.lastReportedDateTime),
        group.map(({ row }) => row.status),
        group.map(({ row }) => row.userDisplayName),
        group.map(({ row }) => row.userPrincipalName),
      ],
    });
    for (const { resolve } of group) resolve();
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
  writing -= 1;
  void flush();
}

await serve(
  toStore(
    pool,
    (deviceConfigurationId, row) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(() => void flush());
        waiting.push({ deviceConfigurationId, row, resolve, reject });
      }),
  ),
);
