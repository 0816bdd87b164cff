/**
 * SIGTERM and SIGINT. They are listened to before anything is loaded that can wait: to the first
 * process of a container, a signal that nobody listens to is lost.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * Of one Ctrl-C, or from one supervisor, come several signals: the group's, and those of whoever
 * passes them on.
 */
const SAME_SIGNAL_MS = 1000;

/** Aborts with the first signal. One that comes later than a second after it ends the process. */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  let isLate = false;

  async function hear(): Promise<void> {
    if (isLate) process.exit(1);
    if (stop.signal.aborted) return;
    stop.abort();
    await untilHeard(SAME_SIGNAL_MS);
    isLate = true;
  }
  process.on('SIGTERM', () => void hear());
  process.on('SIGINT', () => void hear());
  return stop.signal;
}

/**
 * Resolves when what came within this time is heard. It may be heard late, if the event loop was
 * busy: Node hands signals over between timers and immediates.
 */
export async function untilHeard(ms: number): Promise<void> {
  await setTimeout(ms);
  await setImmediate();
}
