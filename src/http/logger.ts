import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import type { LogLevel } from '../config/config.js';
import { idsOf } from './request-ids.js';

/** How much of the log may wait for a reader that has stalled; what comes beyond is dropped. */
const MAX_WAITING_BYTES = 16_777_216;

/** Lines are written together: when so many bytes are there, or after so long. Each write costs more than many lines. */
const WRITE_BYTES = 4096;
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
    periodicFlush: WRITE_INTERVAL_MS,
    maxLength: MAX_WAITING_BYTES,
  });
}

/** One line per request, and nothing of what it carried: no key, no header but its ids, no body. */
export function registerRequestLog(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        ...idsOf(request),
        method: request.method,
        route: request.is404 ? undefined : request.routeOptions.url,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
      },
      'request',
    );
    done();
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
