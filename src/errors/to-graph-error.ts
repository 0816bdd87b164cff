import { GraphError, type ErrorCode } from './graph-error.js';

type Fault = readonly [ErrorCode, string];

const MALFORMED_URL: Fault = ['BadRequest', 'The URL is malformed: percent-encode it as UTF-8.'];

const BODY_TOO_LARGE: Fault = [
  'RequestEntityTooLarge',
  'The request body is larger than the service takes, as it comes or inflated ' +
    '(BODY_LIMIT_BYTES, 65,536 where it is not set; 1,048,576 for a batch).',
];

const UNSUPPORTED_CONTENT_TYPE: Fault = [
  'UnsupportedMediaType',
  "The Content-Type is not supported: send 'application/json'.",
];

/**
 * What a framework's or the HTTP parser's own failure means to the caller, by its code or its
 * status.
 */
const FRAMEWORK_FAULTS: Readonly<Record<string, Fault>> = {
  FST_ERR_BAD_URL: ['BadRequest', 'The URL is malformed: percent-encode its path as UTF-8.'],
  FST_ERR_MAX_PARAM_LENGTH: ['UriTooLong', 'A segment of the URL is too long.'],
  FST_ERR_CTP_BODY_TOO_LARGE: BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'BadRequest',
    'The request body is not as long as its Content-Length says.',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UNSUPPORTED_CONTENT_TYPE,
  ERR_HTTP_REQUEST_TIMEOUT: [
    'RequestTimeout',
    'The request took too long to arrive. Send it again.',
  ],
  HPE_HEADER_OVERFLOW: [
    'RequestHeaderFieldsTooLarge',
    'The request line and the headers together are too large: at most 32 KiB of them are read.',
  ],
  HPE_INVALID_URL: MALFORMED_URL,
  // A space in the URL: what follows is not the version.
  HPE_INVALID_CONSTANT: MALFORMED_URL,
  HPE_INVALID_VERSION: ['BadRequest', 'The HTTP version is not supported: send HTTP/1.1.'],
  HPE_INVALID_METHOD: [
    'BadRequest',
    'The request does not begin with a method of HTTP: check the method, and whether the URL ' +
      'is http or https.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['RequestEntityTooLarge', 'The chunk extensions are too large.'],
};

const STATUS_FAULTS: Readonly<Record<number, Fault>> = {
  404: ['ResourceNotFound', 'There is no resource at this URL.'],
  413: BODY_TOO_LARGE,
  414: ['UriTooLong', 'The URL is too long.'],
  415: UNSUPPORTED_CONTENT_TYPE,
  // Of plugins that limit load; they set Retry-After by themselves.
  429: ['TooManyRequests', 'There are too many requests. Send it again later.'],
  503: ['ServiceUnavailable', 'The service cannot answer this request now. Send it again later.'],
};

export function bodyTooLarge(): GraphError {
  return new GraphError(...BODY_TOO_LARGE);
}

export function unsupportedContentType(): GraphError {
  return new GraphError(...UNSUPPORTED_CONTENT_TYPE);
}

function property(thrown: unknown, name: string): unknown {
  try {
    return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Anything thrown, as the error the caller sees. What neither we nor the framework meant for the
 * caller is a 500 whose message tells nothing of its cause.
 */
export function toGraphError(thrown: unknown): GraphError {
  if (thrown instanceof GraphError) return thrown;

  const code = property(thrown, 'code');
  const status = property(thrown, 'statusCode') ?? property(thrown, 'status');
  const fault =
    (typeof code === 'string' ? FRAMEWORK_FAULTS[code] : undefined) ??
    (typeof status === 'number' ? STATUS_FAULTS[status] : undefined);
  if (fault !== undefined) return new GraphError(...fault, { cause: thrown });

  const isCallersFault =
    (typeof status === 'number' && status >= 400 && status < 500) ||
    // llhttp, Node's HTTP parser: the bytes are not HTTP.
    (typeof code === 'string' && code.startsWith('HPE_'));
  if (isCallersFault) {
    return new GraphError('BadRequest', 'The request is malformed: it is not valid HTTP.', {
      cause: thrown,
    });
  }
  return new GraphError(
    'InternalServerError',
    'The service failed to answer this request. Try again, and quote the request-id if it ' +
      'persists.',
    { cause: thrown },
  );
}
