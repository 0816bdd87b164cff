import type { FastifyRequest } from 'fastify';

import { bodyTooLarge } from '../../errors/to-graph-error.js';
import { serviceBusy } from '../../scheduling/overload.js';
import { payerOf, type ByteBudget, type Holding } from '../connections/byte-budget.js';

/**
 * What is set aside first for a body that does not come at once. It doubles as the body arrives: a
 * Content-Length costs its sender nothing.
 */
const FIRST_BYTES = 16_384;

/**
 * A body in one piece that grows. What it takes counts as its caller's until the request is over.
 */
export class GrowingBody {
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  private holding: Holding | undefined;

  constructor(
    private readonly request: FastifyRequest,
    private readonly budget: ByteBudget,
    private readonly limit: number,
    /** NaN where nobody knows. */
    private readonly expected: number,
  ) {}

  /** Throws where it becomes too long, or there is too much of it. */
  add(chunk: Buffer): void {
    const length = this.length + chunk.length;
    if (length > this.limit) throw bodyTooLarge();
    if (length > this.bytes.length) this.grow(length);
    chunk.copy(this.bytes, this.length);
    this.length = length;
  }

  /** The body is this, which nobody else has. */
  become(bytes: Buffer): void {
    this.bytes = bytes;
    this.length = bytes.length;
  }

  /** Counts what reading it takes besides. */
  reserve(bytes: number): void {
    if (!this.hold().tryTake(bytes)) throw serviceBusy();
  }

  toBytes(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private grow(least: number): void {
    const most = Number.isNaN(this.expected) ? this.limit : Math.max(this.expected, least);
    const capacity = Math.min(Math.max(2 * this.bytes.length, least, FIRST_BYTES), most);
    this.reserve(capacity - this.bytes.length);
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
