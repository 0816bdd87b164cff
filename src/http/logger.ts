import type { LoggerService } from '@nestjs/common';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import type { LogLevel } from '../config/config.js';

/** How much of the log may wait for a reader that has stalled; what comes beyond is dropped. */
const MAX_WAITING_BYTES = 16_777_216;

/** Lines are written together: when so many bytes are there, or after so long. Each write costs more than many lines. */
const WRITE_BYTES = 32_768;
const WRITE_INTERVAL_MS = 50;

/** JSON lines on standard output. */
export function createLogger(level: LogLevel, stream = createDestination()): Logger {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, stream);
}

function createDestination(): DestinationStream {
  return destination({
    dest: 1,
    sync: false,
    minLength: WRITE_BYTES,
    maxWrite: 2 * WRITE_BYTES,
    periodicFlush: WRITE_INTERVAL_MS,
    maxLength: MAX_WAITING_BYTES,
  });
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
