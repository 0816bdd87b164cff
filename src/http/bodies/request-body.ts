import type { IncomingHttpHeaders } from 'node:http';

import { errorCodes, type FastifyRequest } from 'fastify';

import { GraphError } from '../../errors/graph-error.js';
import { bodyTooLarge } from '../../errors/to-graph-error.js';
import type { ByteBudget } from '../connections/byte-budget.js';
import { findDecoder } from './content-coding.js';
import { GrowingBody } from './growing-body.js';
import { Inflation } from './inflation.js';

/**
 * How many chunks a body may come in: each takes hundreds of bytes of memory, and a call for each,
 * however small it is.
 */
const MAX_BODY_CHUNKS = 16_384;

/**
 * A body that comes at once, and is no longer, is not counted: all connections together hold little
 * of such.
 */
const MAX_UNCOUNTED_BYTES = 16_384;

/** Whether headers announce a body (RFC 9112, 6.3). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A body on its way, as its connection brings it. */
class Arrival {
  private length = 0;
  private chunks = 0;

  constructor(
    private readonly limit: number,
    /** NaN where it was not announced. */
    private readonly announced: number,
  ) {}

  /** Throws where it becomes too long, or comes in too many pieces. */
  add(chunk: Buffer): void {
    this.length += chunk.length;
    this.chunks += 1;
    if (this.length > this.limit) throw bodyTooLarge();
    if (this.chunks > MAX_BODY_CHUNKS) throw tooManyChunks();
  }

  get isAtOnce(): boolean {
    return this.chunks === 1 && this.length === this.announced;
  }

  get isWhole(): boolean {
    return Number.isNaN(this.announced) || this.length === this.announced;
  }
}

type Done = (error: Error | null, body?: Buffer) => void;

/** Reads a body of so many bytes at most, its coding undone, and calls back once. */
export function readBody(
  request: FastifyRequest,
  limit: number,
  budget: ByteBudget,
  done: Done,
): void {
  const { raw, headers } = request;
  const announced = Number(headers['content-length'] ?? NaN);
  if (announced > limit) {
    done(bodyTooLarge());
    return;
  }
  const createDecoder = findDecoder(headers);
  const arrival = new Arrival(limit, announced);
  const body = new GrowingBody(request, budget, limit, createDecoder ? NaN : announced);
  const inflation = createDecoder && new Inflation(raw, createDecoder, body, finish);

  function finish(error: Error | null): void {
    raw.off('data', onData).off('end', onEnd).off('error', onError);
    inflation?.stop();
    if (error === null) done(null, body.toBytes());
    else done(error);
  }
  function onData(chunk: Buffer): void {
    try {
      arrival.add(chunk);
      if (inflation !== undefined) inflation.add(chunk);
      // The parser has made it for this request alone.
      else if (arrival.isAtOnce && chunk.length <= MAX_UNCOUNTED_BYTES) body.become(chunk);
      else body.add(chunk);
    } catch (error) {
      finish(error as Error);
    }
  }
  function onEnd(): void {
    if (!arrival.isWhole) finish(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
    else if (inflation !== undefined) inflation.end();
    else finish(null);
  }
  function onError(error: Error): void {
    // The sender went in the middle of it.
    finish(Object.assign(error, { statusCode: 400 }));
  }
  raw.on('data', onData).on('end', onEnd).on('error', onError);
}

function tooManyChunks(): GraphError {
  return new GraphError(
    'RequestEntityTooLarge',
    `The body comes in too many chunks: at most ${String(MAX_BODY_CHUNKS)} of them are read. ` +
      'Send it in larger ones.',
  );
}
