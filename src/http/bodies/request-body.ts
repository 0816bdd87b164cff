import type { IncomingHttpHeaders } from 'node:http';

import { errorCodes, type FastifyRequest } from 'fastify';

import { GraphError } from '../../errors/graph-error.js';
import { bodyTooLarge } from '../../errors/to-graph-error.js';
import { serviceBusy } from '../../scheduling/overload.js';
import { payerOf, type ByteBudget, type Holding } from '../connections/byte-budget.js';

/**
 * How many chunks a body may come in: each takes hundreds of bytes of memory, and a call for each,
 * however small it is.
 */
const MAX_BODY_CHUNKS = 16_384;

/**
 * What is set aside first for a body that does not come at once. It doubles as the body arrives: a
 * Content-Length costs its sender nothing.
 */
const FIRST_BYTES = 16_384;

/**
 * A body that comes at once, and is no longer, is not counted: all connections together hold little
 * of such.
 */
const MAX_UNCOUNTED_BYTES = 16_384;

/** Whether headers announce a body (RFC 9112, 6.3). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * A body as it arrives, in one piece that grows. What it takes counts as its caller's until the
 * request is over.
 */
class GrowingBody {
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  private chunks = 0;
  private holding: Holding | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly budget: ByteBudget,
    private readonly limit: number,
    /** NaN where it was not announced. */
    private readonly announced: number,
  ) {}

  /** Throws where it becomes too long, or there is too much of it. */
  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    this.chunks += 1;
    if (length > this.limit) throw bodyTooLarge();
    if (this.chunks > MAX_BODY_CHUNKS) throw tooManyChunks();
    if (length === this.announced && this.chunks === 1 && length <= MAX_UNCOUNTED_BYTES) {
      // The parser has made it for this request alone.
      this.bytes = chunk;
    } else {
      if (length > this.bytes.length) this.grow(length);
      chunk.copy(this.bytes, this.length);
    }
    this.length = length;
  }

  get isWhole(): boolean {
    return Number.isNaN(this.announced) || this.length === this.announced;
  }

  toBytes(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private grow(least: number): void {
    const most = Number.isNaN(this.announced) ? this.limit : Math.max(this.announced, least);
    const capacity = Math.min(Math.max(2 * this.bytes.length, least, FIRST_BYTES), most);
    if (!this.hold().tryTake(capacity - this.bytes.length)) throw serviceBusy();
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  private hold(): Holding {
    if (this.holding === undefined) {
      this.holding = this.budget.hold(payerOf(this.request));
      this.request.raw.socket.peer!.holdings.push(this.holding);
    }
    return this.holding;
  }
}

/** Reads a body of so many bytes at most, and calls back once. */
export function readBody(
  request: FastifyRequest,
  limit: number,
  budget: ByteBudget,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  const { raw } = request;
  const announced = Number(request.headers['content-length'] ?? NaN);
  if (announced > limit) {
    done(bodyTooLarge());
    return;
  }
  const body = new GrowingBody(request, budget, limit, announced);

  function finish(error: Error | null, bytes?: Buffer): void {
    raw.off('data', onData).off('end', onEnd).off('error', onError);
    done(error, bytes);
  }
  function onData(chunk: Buffer): void {
    try {
      body.add(chunk);
    } catch (error) {
      finish(error as Error);
    }
  }
  function onEnd(): void {
    if (body.isWhole) {
      finish(null, body.toBytes());
    } else {
      finish(new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH());
    }
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
