/** An example of each error, as the service answers it. */
import { toErrorBody, type ErrorBody } from '../errors/error-body.js';
import { GraphError, type ErrorCode } from '../errors/graph-error.js';

type Example = readonly [message: string, target?: string];

const EXAMPLES: Readonly<Record<ErrorCode, Example>> = {
  BadRequest: ["There is no query option '$first'.", '$first'],
  ModelValidationFailure: [
    "'devicesCount' must be an integer from -2147483648 to 2147483647.",
    'devicesCount',
  ],
  InvalidAuthenticationToken: [
    "Access token is missing: send the header 'Authorization: Bearer <token>'.",
  ],
  Forbidden: [
    'The token lacks the permission for this request: it needs ' +
      "DeviceManagementConfiguration.ReadWrite.All, in one of the claims 'scp', 'scope', " +
      "'roles', 'permissions'.",
  ],
  ResourceNotFound: ["There is no user status with the id 'alex' in this collection."],
  MethodNotAllowed: ['The method PUT is not allowed here: use GET, HEAD, POST.'],
  NotAcceptable: [
    "Only JSON is served here: accept 'application/json', with odata.metadata=none, minimal " +
      'or full.',
  ],
  RequestTimeout: ['The request took too long to arrive. Send it again.'],
  Conflict: ["There is a user status with the id 'alex' in this collection already.", 'id'],
  Gone: [
    "The '$skiptoken' is not, or no longer, valid for this request (it is for 24 hours, and for " +
      "the same query): begin again at the first page, and follow each '@odata.nextLink' as it is.",
    '$skiptoken',
  ],
  PreconditionFailed: [
    "There is no entity tag here that 'If-Match' could name: leave the header out.",
  ],
  RequestEntityTooLarge: [
    'The request body is larger than the service takes, as it comes or inflated ' +
      '(BODY_LIMIT_BYTES, 65,536 where it is not set; 1,048,576 for a batch).',
  ],
  UriTooLong: ['The URL is too long: at most 16384 characters are read.'],
  UnsupportedMediaType: ["The Content-Type is not supported: send 'application/json'."],
  FailedDependency: ['Another request of the change set failed: nothing of it was stored.'],
  TooManyRequests: [
    'This caller has sent 100 writes in 20 seconds, which is its limit (RATE_LIMIT): send the ' +
      "request again when the seconds in 'Retry-After' have passed.",
  ],
  RequestHeaderFieldsTooLarge: [
    'The request line and the headers together are too large: at most 32 KiB of them are read.',
  ],
  InternalServerError: [
    'The service failed to answer this request. Try again, and quote the request-id if it ' +
      'persists.',
  ],
  NotImplemented: ["The query option '$expand' is not supported.", '$expand'],
  ServiceUnavailable: [
    'The service has too much to do now. Nothing was done for this request; try again shortly.',
  ],
  InsufficientStorage: ['The disk of the service is full. Nothing was stored.'],
};

const REQUEST_ID = '5b2f1c1e-6a0a-4b0e-9d43-0f2b8c1f1a57';

/** The body of an answer with this code. The faults of a body stand in `details`, too. */
export function toErrorExample(code: ErrorCode): ErrorBody {
  const [message, target] = EXAMPLES[code];
  const isOfBody = code === 'ModelValidationFailure';
  const error = new GraphError(code, message, {
    ...(target === undefined ? {} : { target }),
    ...(isOfBody ? { details: [{ code, message, target: target! }] } : {}),
  });
  const body = toErrorBody(error, { requestId: REQUEST_ID, clientRequestId: REQUEST_ID });
  body.error.innerError.date = '2026-11-23T12:19:44';
  return body;
}
