import { AwayError } from './driver-errors.js';

/**
 * Whoever waits is told within a time, also where the network is cut and nothing answers. What is
 * waited for goes on, and ends by its own limits.
 */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AwayError(new Error('it does not answer')));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
