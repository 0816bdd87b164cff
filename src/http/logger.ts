import type { LoggerService } from '@nestjs/common';
import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type LogFn,
  type Logger,
} from 'pino';

import type { LogLevel } from '../config/config.js';

/** How much of the log may wait for a reader that has stalled; what comes beyond is dropped. */
const MAX_WAITING_BYTES = 16_777_216;

/** Lines are written together: when so many bytes are there, or after so long. Each write costs more than many lines. */
const WRITE_BYTES = 32_768;
const WRITE_INTERVAL_MS = 50;

/** JSON lines on standard output. */
export function createLogger(level: LogLevel, stream = createDestination()): Logger {
  const hooks = { logMethod: logSafely };
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime, hooks }, stream);
}

/** Whoever logs a fault has nobody to tell that this failed: it must not become a fault, too. */
function logSafely(this: Logger, line: Parameters<LogFn>, log: LogFn): void {
  try {
    log.apply(this, line);
  } catch {
    neverThrow(() => {
      log.call(this, 'a line of the log could not be written');
    });
  }
}

export function neverThrow(act: () => void): void {
  try {
    act();
  } catch {
    // There is no place left where it could be told.
  }
}

function createDestination(): DestinationStream {
  const stream = destination({
    dest: 1,
    sync: false,
    minLength: WRITE_BYTES,
    maxWrite: 2 * WRITE_BYTES,
    periodicFlush: WRITE_INTERVAL_MS,
    maxLength: MAX_WAITING_BYTES,
  });
  // As on a full disk. What waits is tried again with the next lines; but when the process ends,
  // sonic-boom would try for ever.
  const flushSync = stream.flushSync.bind(stream);
  stream.on('error', () => {
    stream.flushSync = () => undefined;
  });
  stream.on('write', () => {
    stream.flushSync = flushSync;
  });
  return stream;
}

/** Nest's own messages, in the same log. Its start-up chatter is for debugging. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug(String(message));
  }

  warn(message: unknown): void {
    this.logger.warn(String(message));
  }

  error(message: unknown): void {
    this.logger.error(String(message));
  }
}
