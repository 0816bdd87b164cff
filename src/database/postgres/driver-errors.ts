/** What went wrong, as far as it decides what is done about it. */
import { GraphError } from '../../errors/graph-error.js';

/** No connection was to be had: nothing was sent. */
const AWAY = 'ERR_DATABASE_AWAY';

/** The connection was lost with the write in its hands, and nobody can be asked. */
const OUTCOME_UNKNOWN = 'ERR_OUTCOME_UNKNOWN';

/** What was committed may be lost with the server: its standbys do not have it. */
export const NOT_REPLICATED = 'ERR_NOT_REPLICATED';

/** What a server says that takes no writes: a standby, or a primary that became one. */
export const READ_ONLY = '25006';

const CROWDED = '53300';

/** A lock that was not to be had in time. */
const LOCKED = '55P03';

/** Nothing was done, because of others: rollback, serialization, deadlock, a lock. */
const AGAIN = /^(?:40000|40001|40P01|55P03)$/;

/**
 * The server went, or takes no writes, or does not know what became of a transaction
 * (postgresql.org/docs/current/errcodes-appendix.html); or the socket did.
 */
const LOST =
  /^(?:08...|57P0.|25006|25P0[34]|40003|53300|E(?:CONN(?:REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NETRESET|NOTFOUND|AI_AGAIN))$/;

/** The driver's own, which have no code. */
const LOST_MESSAGE =
  /^(?:Connection terminated|Client (?:has encountered a connection error|was closed)|Query read timeout|timeout expired)/;

/** What connections ended with while they were open, whatever its code is: TLS has many. */
const endings = new WeakSet<object>();

/** Whoever runs the server took a table away, or a right. */
const CHANGED = /^(?:42501|42P01)$/;

const FULL = '53100';
/** Out of memory, too many locks, or another limit of the server's; or it took too long. */
const BUSY = /^(?:53...|57014)$/;

/** SQLite's, of a thread that judges: its temporary file has no room, or cannot be used. */
const UNFINISHED = /^SQLITE_(?:FULL|IOERR|CANTOPEN|NOMEM)/;

/** Why no connection was to be had, with the driver's error as its cause. */
export class AwayError extends Error {
  readonly code = AWAY;

  constructor(cause: unknown) {
    super(describeError(cause), { cause });
  }
}

/** Where a name has several addresses, Node's error has those of each and no words of its own. */
export function describeError(error: unknown): string {
  const { message, errors } = (error ?? {}) as { message?: unknown; errors?: unknown };
  if (message === '' && Array.isArray(errors)) return errors.map(describeError).join(', ');
  return typeof message === 'string' ? message : String(error);
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Tells of what an open connection ended with. */
export function noteEnding(error: Error): void {
  endings.add(error);
}

/** Whether the server has as many connections as it may have. */
export function isCrowded(error: unknown): boolean {
  return codeOf(error) === CROWDED;
}

/** Whether nothing was sent, because there was no connection. */
export function isAway(error: unknown): boolean {
  return codeOf(error) === AWAY;
}

/** Whether nothing was done, and the same may succeed at once. */
export function isAgain(error: unknown): boolean {
  return AGAIN.test(codeOf(error));
}

/**
 * Whether there is no connection any more, so that what became of the statement is not known; or
 * there was none. (Where a server's Unix socket should be, there is nothing.)
 */
export function isLost(error: unknown): boolean {
  if (endings.has(error as object)) return true;
  const code = codeOf(error);
  if (code === 'ENOENT') return (error as NodeJS.ErrnoException).syscall === 'connect';
  if (code !== '') return code === AWAY || LOST.test(code);
  return LOST_MESSAGE.test(describeError(error));
}

/**
 * Whether what was sent may have been done all the same, on a connection that was lost or on a
 * server that is.
 */
export function isDoubtful(error: unknown): boolean {
  if (codeOf(error) === NOT_REPLICATED) return true;
  return isLost(error) && !/^(?:ERR_DATABASE_AWAY|25006|53300)$/.test(codeOf(error));
}

export function isLocked(error: unknown): boolean {
  return codeOf(error) === LOCKED;
}

/** Whether a statement of many rows can fail because of one of them. */
export function isPoison(error: unknown): boolean {
  return isLocked(error) || toDatabaseError(error) === error;
}

export function outcomeUnknown(cause?: unknown): Error {
  const error = new Error('the connection was lost with the write in its hands', { cause });
  return Object.assign(error, { code: OUTCOME_UNKNOWN });
}

function isFull(error: unknown): boolean {
  return codeOf(error) === FULL;
}

/** Whether the statement took longer than it may, and was stopped with nothing done. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error) === '57014';
}

/** Whether a statement failed because its key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505';
}

/**
 * What a failure of the database means to the caller. One that means nothing to it is passed
 * through, and becomes a 500.
 */
export function toDatabaseError(error: unknown): unknown {
  if (isFull(error)) {
    return new GraphError(
      'InsufficientStorage',
      'The disk of the service is full. Nothing was stored.',
      { cause: error },
    );
  }
  const sentence = toSentence(error);
  if (sentence === undefined) return error;
  return new GraphError('ServiceUnavailable', sentence, {
    headers: { 'Retry-After': '1' },
    cause: error,
  });
}

function toSentence(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === OUTCOME_UNKNOWN) {
    return 'The write was cut short, and whether it is stored is not known. Ask, or try again.';
  }
  if (code === AWAY) {
    return 'The database cannot be reached now. Nothing was stored; try again shortly.';
  }
  if (isLost(error)) return 'The database cannot be reached now. Try again shortly.';
  if (CHANGED.test(code)) {
    return 'The database does not let the service do this. Nothing was stored; the log says why.';
  }
  if (isAgain(error) || BUSY.test(code)) {
    return 'The database is busy. Nothing was stored; try again shortly.';
  }
  if (UNFINISHED.test(code)) return 'The query could not be run to its end. Try again shortly.';
  return undefined;
}
