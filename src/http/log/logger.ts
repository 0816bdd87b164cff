import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type LogFn, type Logger } from 'pino';

import type { LogLevel } from '../../config/config.js';

/** JSON lines. */
export function createLogger(level: LogLevel, stream: DestinationStream): Logger {
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
