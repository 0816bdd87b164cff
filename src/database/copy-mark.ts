/**
 * A copy is marked until a service is started on it. So a copy that is not complete is never
 * served, and one that was served, and may have been written to since, is never copied over
 * unasked. The mark lies among the secrets, which are the data set's own.
 */
import type { DataSource } from 'typeorm';

export const COPY_MARK = 'copy';

export type CopyMark = 'begun' | 'complete';

/** Throws where the database is a copy that is not complete; else it is a copy no more. */
export async function takeOver(dataSource: DataSource, place: string): Promise<void> {
  const isMark = `"name" = '${COPY_MARK}'`;
  const [mark] = await dataSource.query<{ value: CopyMark }[]>(
    `SELECT "value" FROM "secret" WHERE ${isMark}`,
  );
  if (mark === undefined) return;
  if (mark.value !== 'complete') {
    throw new Error(
      `${place} is a copy that is not complete: run 'user-statuses copy' again, from where it ` +
        'was copied, until it says that all is alike',
    );
  }
  await dataSource.query(`DELETE FROM "secret" WHERE ${isMark}`);
}
