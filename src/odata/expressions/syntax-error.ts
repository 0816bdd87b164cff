import { GraphError, type ErrorCode } from '../../errors/graph-error.js';

/** Makes the error of one expression: what is wrong, and where in its text. */
export type Fault = (message: string, at: number, code?: ErrorCode) => GraphError;

/** A fault of the text of `option`, and where in it. */
export function syntaxError(
  message: string,
  at: number,
  option: string,
  code: ErrorCode = 'BadRequest',
): GraphError {
  return new GraphError(code, `${message} at position ${String(at)}.`, { target: option });
}
