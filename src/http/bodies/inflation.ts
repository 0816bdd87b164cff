import type { IncomingMessage } from 'node:http';

import { malformedCoding, type Decoder } from './content-coding.js';
import type { GrowingBody } from './growing-body.js';

/** What a decoder takes: its window, its state, and the piece that it makes. */
const DECODER_BYTES = 65_536;

/**
 * Undoes the coding of a body while it arrives, piece by piece. It ends with the piece that makes
 * the body too long: what a few bytes can inflate to is not made.
 */
export class Inflation {
  private decoder: Decoder | undefined;
  private received = 0;

  constructor(
    private readonly raw: IncomingMessage,
    private readonly createDecoder: () => Decoder,
    private readonly body: GrowingBody,
    private readonly finish: (error: Error | null) => void,
  ) {}

  /** Throws where there is no memory for it. */
  add(chunk: Buffer): void {
    this.decoder ??= this.start();
    this.received += chunk.length;
    if (!this.decoder.write(chunk)) this.raw.pause();
  }

  /** All of it has arrived. Of no bytes, nothing is made. */
  end(): void {
    if (this.decoder === undefined) this.finish(null);
    else this.decoder.end();
  }

  stop(): void {
    this.decoder
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    // What still comes belongs to nobody.
    this.raw.resume();
  }

  private start(): Decoder {
    this.body.reserve(DECODER_BYTES);
    return this.createDecoder()
      .on('data', (piece: Buffer) => {
        try {
          this.body.add(piece);
        } catch (error) {
          this.finish(error as Error);
        }
      })
      .on('drain', () => {
        this.raw.resume();
      })
      .on('error', (error) => {
        this.refuse(error.message);
      })
      .on('end', () => {
        if (this.decoder?.bytesWritten === this.received) this.finish(null);
        else this.refuse('there is more behind its end');
      });
  }

  private refuse(reason: string): void {
    this.finish(malformedCoding(this.raw.headers, reason));
  }
}
