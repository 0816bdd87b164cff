import type { ErrorDetail, GraphError } from './graph-error.js';

interface Fault {
  code: string;
  message: string;
  target?: string;
}

/** Graph's error envelope (contract, section 3). */
export interface ErrorBody {
  error: Fault & {
    details?: Fault[];
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
      ...toFault(error),
      ...(error.details.length === 0 ? {} : { details: error.details.map(toFault) }),
      innerError: {
        // Graph writes UTC to the second, and no zone.
        date: new Date().toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}

/**
 * What is repeated of a caller's text may end in half of a surrogate pair, which strict readers of
 * JSON refuse.
 */
function toFault({ code, message, target }: GraphError | ErrorDetail): Fault {
  return {
    code,
    message: message.toWellFormed(),
    ...(target === undefined ? {} : { target: target.toWellFormed() }),
  };
}
