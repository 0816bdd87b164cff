import cds from '@sap/cds';

/** SQLite's number for FULL: https://sqlite.org/pragma.html#pragma_synchronous */
const SYNCHRONOUS_FULL = 2;

/** Connects `cds.db`, and makes the tables where the file is new. */
export async function connect(csn: object, isNew: boolean): Promise<void> {
  cds.db = await cds.connect.to('db');
  if (isNew) await cds.deploy(csn).to(cds.db);
  // better-sqlite3 is compiled to use NORMAL in WAL mode, which may lose what was answered 201. The pool holds one connection
  // and never replaces it, so that this is said once.
  await cds.db.pragma('synchronous = FULL');
  await checkDurability();
}

/** Refuses to go on where a commit is not on disk when it returns. */
export async function checkDurability(): Promise<void> {
  const [{ synchronous }] = await cds.db.pragma<{ synchronous: number }>('synchronous');
  const [{ journal_mode }] = await cds.db.pragma<{ journal_mode: string }>('journal_mode');
  if (synchronous !== SYNCHRONOUS_FULL || journal_mode !== 'wal') {
    throw new Error(`synchronous is ${synchronous}, journal_mode is ${journal_mode}.`);
  }
}
