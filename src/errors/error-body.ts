import type { GraphError } from './graph-error.js';

/** Graph's error envelope (contract, section 3). */
export interface ErrorBody {
  error: {
    code: string;
    message: string;
    target?: string;
    details?: { code: string; message: string; target: string }[];
    /** Spelled so, in camel case: both JavaScript SDKs read exactly this name. */
    innerError: { date: string; 'request-id': string; 'client-request-id': string };
  };
}

/** The ids that tie a response to its request: ours, and the caller's (or ours again). */
export interface RequestIds {
  requestId: string;
  clientRequestId: string;
}

export function toErrorBody(error: GraphError, ids: RequestIds): ErrorBody {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.target === undefined ? {} : { target: error.target }),
      ...(error.details.length === 0 ? {} : { details: [...error.details] }),
      innerError: {
        // Graph writes UTC to the second, and no zone.
        date: new Date().toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}
