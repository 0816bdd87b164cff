/** A table to fill a database with, whose rows show whether they are whole. */
import { copyFileSync, existsSync } from 'node:fs';

import type { SqliteProcess } from './run-sqlite.js';

export const CREATE_NOTES =
  'CREATE TABLE note (id INTEGER PRIMARY KEY, version INTEGER, copies INTEGER, body TEXT);';

function body(version: string, copies: string): string {
  return `replace(hex(zeroblob(${copies})), '00', ${version} || ';')`;
}

/** The statement that writes notes of these ids, each of so many copies of its version. */
export function putNotes(from: number, to: number, version: number, copies: number): string {
  const [v, c] = [String(version), String(copies)];
  return `INSERT OR REPLACE INTO note
    WITH RECURSIVE ids (id) AS (SELECT ${String(from)} UNION ALL SELECT id + 1 FROM ids WHERE id < ${String(to)})
    SELECT id, ${v}, ${c}, ${body(v, c)} FROM ids;`;
}

/** Id, version and length of every note, and whether its text is what it has to be. */
export function readNotes(process: SqliteProcess, file: string): Promise<unknown[][]> {
  const isWhole = `body = ${body('version', 'copies')}`;
  return process.read(file, `SELECT id, version, copies, ${isWhole} FROM note ORDER BY id`);
}

let copies = 0;

/** The notes that SQLite finds in the files as they are now, as after a crash of all who have them open. */
export async function recoverNotes(process: SqliteProcess, file: string): Promise<unknown[][]> {
  copies += 1;
  const copy = `${file}.${String(copies)}`;
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  await requireIntegrity(process, copy);
  const notes = await readNotes(process, copy);
  await process.close(copy);
  return notes;
}

export async function requireIntegrity(process: SqliteProcess, file: string): Promise<void> {
  const found = (await process.read(file, 'PRAGMA integrity_check')).flat().join(' ');
  if (found !== 'ok') throw new Error(found);
}
