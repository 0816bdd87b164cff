import { GraphError, type ErrorCode } from '../../errors/graph-error.js';

export interface FaultOptions {
  code?: ErrorCode;
  /** A sentence that says what to write instead; none where it is empty. */
  cure?: string;
}

/** Makes the error of one expression: what is wrong, and where in its text. */
export type Fault = (message: string, at: number, options?: FaultOptions) => GraphError;

/** A fault of the text of `option`, and where in it. */
export function syntaxError(
  message: string,
  at: number,
  option: string,
  { code = 'BadRequest', cure = '' }: FaultOptions = {},
): GraphError {
  const sentences = [`${message} at position ${String(at)}.`, cure];
  return new GraphError(code, sentences.join(' ').trimEnd(), { target: option });
}
