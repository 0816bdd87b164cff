/**
 * Every code a client can see, with its HTTP status. A code is a contract: add, never rename.
 * docs/errors.md explains each one; a test keeps the two alike.
 */
export const ERROR_STATUS = {
  BadRequest: 400,
  ModelValidationFailure: 400,
  InvalidAuthenticationToken: 401,
  Forbidden: 403,
  ResourceNotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  PreconditionFailed: 412,
  RequestEntityTooLarge: 413,
  UriTooLong: 414,
  UnsupportedMediaType: 415,
  FailedDependency: 424,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  InternalServerError: 500,
  NotImplemented: 501,
  ServiceUnavailable: 503,
  InsufficientStorage: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** The most characters of a caller's own text that an answer repeats. */
const MAX_SHOWN_LENGTH = 256;

/** A caller's own text, as far as an answer repeats it. */
export function shorten(text: string): string {
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}…`;
}

/** One fault among several: what is wrong, and the property or query option it is wrong with. */
export interface ErrorDetail {
  code: ErrorCode;
  message: string;
  target: string;
}

export interface GraphErrorOptions {
  target?: string;
  details?: readonly ErrorDetail[];
  /** Response headers that belong to this failure, such as `Allow` or `Retry-After`. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
  /** Members of its line in the log that the answer does not have. */
  logged?: Readonly<Record<string, unknown>>;
}

/**
 * The one error that services and parsers throw: a code of the catalogue and a sentence for the
 * caller.
 */
export class GraphError extends Error {
  readonly status: number;
  readonly target: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;
  readonly logged: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: GraphErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GraphError';
    this.status = ERROR_STATUS[code];
    this.target = options.target;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
    this.logged = options.logged ?? {};
  }
}
