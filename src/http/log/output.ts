import type { Sink } from './standard-stream.js';

/** How much may wait for a sink that takes nothing; what comes beyond is dropped. */
const MAX_WAITING_LENGTH = 16_777_216;

/**
 * Lines are written together: when so many characters are there, or after so long. Each write costs
 * more than many lines.
 */
const WRITE_LENGTH = 32_768;
const WRITE_INTERVAL_MS = 50;

/** How long after a failure, as of a full disk, it is tried again. */
const RETRY_MS = 250;

/** How long the last lines may take, of the ten seconds that a stop has. */
const END_TIMEOUT_MS = 1000;

/** Lines on their way to where they may not be wanted: nothing here throws, and nothing waits. */
export class Output {
  private waiting: string[] = [];
  private waitingLength = 0;
  private lostLines = 0;
  /** What the sink was given, and has not taken so far. */
  private given: Buffer | undefined;
  private isWriting = false;
  private hasFailed = false;
  private timer: NodeJS.Timeout | undefined;
  private onEnd: (() => void) | undefined;

  /** `tellLost` makes the line that stands where lines are missing. */
  constructor(
    private readonly sink: Sink,
    private readonly tellLost: (lines: number) => string,
  ) {
    process.on('exit', () => {
      this.writeLast();
    });
  }

  /** Whole lines. */
  write(lines: string): void {
    // Once lines are dropped, all are until there is room for many: the rest has no holes.
    if (this.lostLines > 0 || this.waitingLength + lines.length > MAX_WAITING_LENGTH) {
      this.lostLines += lines.split('\n').length - 1;
      return;
    }
    this.push(lines);
    if (this.isWriting || this.hasFailed) return;
    if (this.waitingLength >= WRITE_LENGTH) this.flush();
    else this.flushIn(WRITE_INTERVAL_MS);
  }

  /** Resolves when all is written, or when it is of no use to wait for that. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.onEnd = resolve;
      setTimeout(resolve, END_TIMEOUT_MS);
      this.flush();
    });
  }

  private push(lines: string): void {
    this.waiting.push(lines);
    this.waitingLength += lines.length;
  }

  private flushIn(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.flush();
    }, ms).unref();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isWriting) return;
    this.given ??= this.take();
    if (this.given === undefined) {
      this.onEnd?.();
      return;
    }
    this.isWriting = true;
    this.sink.write(this.given, (error, taken) => {
      this.isWriting = false;
      this.hasFailed = Boolean(error);
      if (this.hasFailed) this.fail();
      else this.goOn(taken);
    });
  }

  private fail(): void {
    this.flushIn(RETRY_MS);
    this.onEnd?.();
  }

  private goOn(taken: number): void {
    if (taken < this.given!.length) {
      this.given = this.given!.subarray(taken);
      this.flush();
      return;
    }
    this.given = undefined;
    if (this.lostLines > 0 && this.waitingLength <= MAX_WAITING_LENGTH / 2) {
      this.push(this.tellLost(this.lostLines));
      this.lostLines = 0;
    }
    if (this.onEnd !== undefined || this.waitingLength >= WRITE_LENGTH) this.flush();
    else if (this.waitingLength > 0) this.flushIn(WRITE_INTERVAL_MS);
  }

  /** As many lines as one write may have. */
  private take(): Buffer | undefined {
    let length = 0;
    let count = 0;
    while (count < this.waiting.length && length < WRITE_LENGTH) {
      length += this.waiting[count]!.length;
      count += 1;
    }
    this.waitingLength -= length;
    return count === 0 ? undefined : Buffer.from(this.waiting.splice(0, count).join(''));
  }

  /** The process ends, perhaps by a fault: its last lines may tell of it. */
  private writeLast(): void {
    if (this.lostLines > 0) this.push(this.tellLost(this.lostLines));
    const given = this.isWriting ? [] : [this.given ?? Buffer.alloc(0)];
    try {
      this.sink.writeLast(Buffer.concat([...given, Buffer.from(this.waiting.join(''))]));
    } catch {
      // There is no place left where it could be told.
    }
  }
}
