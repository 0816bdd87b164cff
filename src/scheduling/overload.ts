/** What a caller is told when there is too much to do, or when what it asks for is too much. */
import { GraphError } from '../errors/graph-error.js';

const RETRY_AFTER_SECONDS = 1;

export function serviceBusy(): GraphError {
  return new GraphError(
    'ServiceUnavailable',
    'The service has too much to do now. Nothing was done for this request; try again shortly.',
    { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } },
  );
}

export function queryTooLong(limitMs: number): GraphError {
  return new GraphError(
    'BadRequest',
    `The query takes longer than ${String(limitMs)} ms: narrow '$filter' by a comparison of ` +
      'a property with a value, or ask for less at once.',
    { target: '$filter' },
  );
}
