import { GraphError } from '../errors/graph-error.js';

/** Result codes of SQLite (sqlite.org/rescode.html) that mean the database is away, or busy for too long. */
const AWAY = /^SQLITE_(?:BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PROTOCOL)/;

/** The driver's own code, whether TypeORM wrapped the error or not. */
function codeOf(error: unknown): string {
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : '';
}

/** Whether a statement failed because its key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

/** What a failure of the database means to the caller; one that is not the database's is passed through. */
export function toDatabaseError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') {
    return new GraphError(
      'InsufficientStorage',
      'The disk of the service is full. Nothing was stored.',
      { cause: error },
    );
  }
  if (AWAY.test(code)) {
    return new GraphError(
      'ServiceUnavailable',
      'The database cannot be reached now. Nothing was stored; try again shortly.',
      { headers: { 'Retry-After': '1' }, cause: error },
    );
  }
  return error;
}
