/**
 * Standard output and standard error, written to without waiting for whoever reads them. A thread
 * that waits in a write would keep the process from ending, so nothing waits in one: to pipes and
 * terminals libuv writes as much as fits, and hears of more room as of any socket's. A disk has no
 * reader that can stall, and is written to in libuv's threads.
 */
import { closeSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

/** Where bytes go. It may be full, gone or stalled. */
export interface Sink {
  /** Calls back once, with how many bytes were taken, or with why none was. */
  write(bytes: Buffer, done: (error: Error | null | undefined, taken: number) => void): void;
  /** Takes what it can at once: the process ends. */
  writeLast(bytes: Buffer): void;
}

/**
 * At its end Node sets terminals back to how it found them, and aborts where one is gone, unless it
 * finds it closed.
 */
const terminals = [0, 1, 2].filter(isatty);
process.on('exit', () => {
  for (const terminal of terminals) if (!isatty(terminal)) closeSync(terminal);
});

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

export function openStandardStream(name: keyof typeof DESCRIPTORS): Sink {
  const stream = findSocket(name);
  return stream === undefined ? toFileSink(DESCRIPTORS[name]) : toSocketSink(stream);
}

/** Of a pipe or a terminal Node makes a socket, which it never closes; of a file it does not. */
function findSocket(name: keyof typeof DESCRIPTORS): Socket | undefined {
  try {
    const stream: NodeJS.WritableStream = process[name];
    return stream instanceof Socket ? stream : undefined;
  } catch {
    // A terminal that is gone.
    return undefined;
  }
}

function toSocketSink(stream: Socket): Sink {
  // Node has writes to a terminal wait, as when somebody has pressed Ctrl-S. libuv has opened the
  // terminal anew for us: nobody else has to expect that writes do not.
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (isOn: boolean) => void } };
  if ('isTTY' in stream) handle?.setBlocking?.(false);
  // Each write is told of its own.
  stream.on('error', () => undefined);
  return {
    write(bytes, done) {
      stream.write(bytes, (error) => {
        done(error, bytes.length);
      });
    },
    writeLast(bytes) {
      stream.write(bytes);
    },
  };
}

function toFileSink(descriptor: number): Sink {
  return {
    write(bytes, done) {
      write(descriptor, bytes, done);
    },
    writeLast(bytes) {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    },
  };
}
