import { pino, type Logger } from 'pino';

import type { LogLevel } from '../../config/config.js';
import { createLogger } from './logger.js';
import { Output } from './output.js';
import { openStandardStream } from './standard-stream.js';

const WARN = pino.levels.values.warn;
const LOST = 'Lines of the log were lost here: standard output did not take them.';

/** The log of the process, on standard output: JSON lines, or on a terminal readable ones. */
export interface ServiceLog {
  logger: Logger;
  /** Where the lines go, and where other text on a terminal has its place between them. */
  output: Output;
}

export async function openServiceLog(level: LogLevel): Promise<ServiceLog> {
  const sink = openStandardStream('stdout');
  // What makes lines readable takes time to load, and is of no use elsewhere.
  const toText = process.stdout.isTTY
    ? (await import('./readable-lines.js')).toReadableLines
    : (lines: string): string => lines;
  const output = new Output(sink, (lost) => toText(toLostLine(lost)));
  const stream = {
    write(lines: string) {
      output.write(toText(lines));
    },
  };
  const logger = createLogger(level, stream);
  logNodeWarnings(logger);
  return { logger, output };
}

/** As pino would write it; beside pino, because the loss does not depend on the level. */
function toLostLine(lost: number): string {
  const line = { level: WARN, time: new Date().toISOString(), lost, msg: LOST };
  return `${JSON.stringify(line)}\n`;
}

/** Node would write them to standard error, and wait for whoever reads it. */
function logNodeWarnings(logger: Logger): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    logger.warn({ err: warning }, 'Node.js warns');
  });
}
