import { once } from 'node:events';

import { createApp, type App } from './app.js';
import { loadConfig, type Config } from './config/config.js';
import { Output } from './http/log/output.js';
import { openServiceLog, type ServiceLog } from './http/log/service-log.js';
import { openStandardStream } from './http/log/standard-stream.js';
import { toWelcome } from './welcome.js';

/** In-flight requests get eight seconds of this; what is left then is cut. */
const EXIT_DEADLINE_MS = 9500;

/** Serves until it is told to stop, and ends the process: with 0 where it could do so in order. */
export async function serve(stop: AbortSignal): Promise<void> {
  // The database, and the key beside it, are for the account that runs the service and for nobody
  // else.
  process.umask(0o077);
  let drainDelayMs = 0;
  stop.addEventListener('abort', () => {
    setTimeout(() => process.exit(), drainDelayMs + EXIT_DEADLINE_MS).unref();
  });
  const errors = new Output(openStandardStream('stderr'), () => '');
  let log: ServiceLog | undefined;
  try {
    stop.throwIfAborted();
    const config = loadConfig();
    drainDelayMs = config.drainDelayMs;
    log = await openServiceLog(config.logLevel);
    await run(config, log, stop);
    process.exitCode = 0;
  } catch (error) {
    if (error !== stop.reason) {
      // One line that says what to do about it; the log is for a service that runs.
      errors.write(`user-statuses: ${describe(error)}\n`);
      process.exitCode = 1;
    }
  }
  await Promise.all([log?.output.end(), errors.end()]);
  process.exit();
}

async function run(config: Config, { logger, output }: ServiceLog, stop: AbortSignal) {
  const creating = create(config, logger, stop);
  // One that comes during the start waits for the service: its certificate is read already.
  process.on('SIGHUP', () => {
    creating.then((app) => app.renewCertificate()).catch(() => undefined);
  });
  const app = await creating;
  try {
    stop.throwIfAborted();
    const url = await app.listen();
    // Until it has closed in order, an end is one that cuts requests short.
    process.exitCode = 1;
    if (process.stdout.isTTY) output.write(toWelcome(config, url));
    if (!stop.aborted) await once(stop, 'abort');
  } catch (error) {
    await app.close();
    throw error;
  }
  await app.stop();
}

async function create(
  config: Config,
  logger: ServiceLog['logger'],
  stop: AbortSignal,
): Promise<App> {
  // What fails behind that, fails because it was told to.
  function hush(): void {
    logger.info('told to stop during the start');
    logger.level = 'silent';
  }
  stop.addEventListener('abort', hush);
  const app = await createApp(config, logger, stop);
  stop.removeEventListener('abort', hush);
  return app;
}

function describe(error: unknown): string {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  const { address = '', port = '' } = error as { address?: string; port?: number };
  if (syscall === 'getaddrinfo') {
    const { hostname = '' } = error as { hostname?: string };
    return `cannot listen on '${hostname}': it has no address (${String(code)}). Set HOST.`;
  }
  switch (syscall === 'listen' ? code : undefined) {
    case 'EADDRINUSE':
      return (
        `cannot listen on ${address}:${String(port)}: the port is in use. ` +
        'Stop the other process, or set PORT.'
      );
    case 'EACCES':
      return (
        `cannot listen on ${address}:${String(port)}: not permitted. ` +
        'Set PORT to 1024 or higher.'
      );
    case 'EADDRNOTAVAIL':
      return `cannot listen on '${address}': this machine has no such address. Set HOST.`;
    default:
      return message.replaceAll(/\s*\n\s*/g, ' ');
  }
}
