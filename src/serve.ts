import { createApp } from './app.js';
import { loadConfig } from './config/config.js';

/** In-flight requests get eight seconds of this; what is left then is cut. */
const EXIT_DEADLINE_MS = 9500;

/** Of one Ctrl-C come two signals: the terminal's, and that of npm, which passes it on. */
const SAME_SIGNAL_MS = 500;

async function start(): Promise<void> {
  const config = loadConfig();
  const starting = createApp(config);
  // One that comes during the start waits for the service: its certificate is read already.
  process.on('SIGHUP', () => {
    starting.then((app) => app.renewCertificate()).catch(() => undefined);
  });
  const app = await starting;

  let askedAt: number | undefined;
  function stop(): void {
    // Asked twice, whoever asks does not want to wait.
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    setTimeout(() => process.exit(1), config.drainDelayMs + EXIT_DEADLINE_MS).unref();
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
        process.exit(1);
      },
    );
  }
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  try {
    await app.listen();
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** One line that says what to do about it; the log is for a service that runs. */
function fail(error: unknown): void {
  process.stderr.write(`user-statuses: ${describe(error)}\n`);
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

// The database, and the key beside it, are for the account that runs the service and for nobody
// else.
process.umask(0o077);

try {
  await start();
} catch (error) {
  fail(error);
  process.exitCode = 1;
}
