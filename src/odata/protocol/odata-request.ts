import type { CallContext } from '../../scheduling/call-context.js';
import type { Resource } from './resource-path.js';

/** Header fields by name in lower case, as Node has them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Where faults are told that the caller is not told. */
export interface FaultLog {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** A request as a value: what a single call brings, and what an item of a batch does. */
export interface ODataRequest<R extends Resource = Resource> {
  resource: R;
  /** The root of the version that was called, such as `https://host/v1.0`. */
  serviceRoot: string;
  /** What stands behind `?`, percent-encoded; `undefined` where nothing does. */
  query: string | undefined;
  headers: Headers;
  /** Parsed JSON, the bytes of a batch, or `undefined` where there was no body. */
  body: unknown;
  /** About how long a page of the answer may become. */
  maxPageCharacters: number;
  /** The ids that tie the answer, and its line in the log, to the request. */
  requestId: string;
  clientRequestId: string;
  /** Whose requests it is counted among (`Caller.account`); absent where nobody's are. */
  account: string | undefined;
  /** For whom it is done, and until when. */
  context: CallContext;
  log: FaultLog;
}

/**
 * A header's value as one text. Node keeps repeated fields apart only where they cannot be joined.
 */
export function readHeader(headers: Headers, name: string): string | undefined {
  return headers[name]?.toString();
}
