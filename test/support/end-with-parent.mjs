/** Loaded into a service before it starts, so that none outlives Jest, however Jest ends. */
import { isMainThread } from 'node:worker_threads';

// A thread of the service has a standard input of its own, which is at its end at once.
if (isMainThread) {
  // A pipe from Jest.
  process.stdin.on('end', () => process.exit(1));
  process.stdin.resume().unref();
}
