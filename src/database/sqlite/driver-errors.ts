import { GraphError } from '../../errors/graph-error.js';

/**
 * Result codes of SQLite (sqlite.org/rescode.html) that mean the database is away, or busy for too
 * long.
 */
const AWAY = /^SQLITE_(?:BUSY|LOCKED|IOERR|CANTOPEN|READONLY|PROTOCOL)/;

/** There is no thread to write. */
export const WRITER_AWAY = 'ERR_WRITER_AWAY';

/** The thread ended with the write in its hands. */
export const OUTCOME_UNKNOWN = 'ERR_OUTCOME_UNKNOWN';

/**
 * The driver's own error. TypeORM's, around it, carries the parameters too, which belong in no log.
 */
function unwrap(error: unknown): unknown {
  return (error as { driverError?: unknown }).driverError ?? error;
}

function codeOf(error: unknown): string {
  const { code } = unwrap(error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Whether a statement failed because its key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

/** Whether a statement failed because another process is in a transaction. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/**
 * What a failure of the database means to the caller. One that means nothing to it is passed
 * through, and becomes a 500.
 */
export function toDatabaseError(thrown: unknown): unknown {
  const error = unwrap(thrown);
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') {
    return new GraphError(
      'InsufficientStorage',
      'The disk of the service is full. Nothing was stored.',
      { cause: error },
    );
  }
  if (code === OUTCOME_UNKNOWN) {
    return new GraphError(
      'ServiceUnavailable',
      'The write was cut short, and whether it is stored is not known. Ask, or try again.',
      { headers: { 'Retry-After': '1' }, cause: error },
    );
  }
  if (code === WRITER_AWAY || AWAY.test(code)) {
    return new GraphError(
      'ServiceUnavailable',
      'The database cannot be reached now. Nothing was stored; try again shortly.',
      { headers: { 'Retry-After': '1' }, cause: error },
    );
  }
  return error;
}
