import { LRUCache } from 'lru-cache';

import { READ, type Access } from '../auth/permissions.js';
import type { RateLimit } from '../config/config.js';
import { GraphError } from '../errors/graph-error.js';

/** How many callers are counted, and how long their names may be together. Who was not heard of for longest is forgotten, and begins anew. */
const MAX_COUNTED = 10_000;
const MAX_COUNTED_CHARACTERS = 4_194_304;

/** What one caller has sent since its first request of the window. */
interface Window {
  /** By the clock of `performance.now()`, which nobody sets. */
  endsAt: number;
  requests: number;
  writes: number;
}

/**
 * How many requests each caller may send in a window of time, which begins with its first: what is refused is not counted, and with
 * the window's end all is forgotten. Both limits share the window, so that a request sent after `Retry-After` is under both.
 */
export class RateLimits {
  private readonly windows = new LRUCache<string, Window>({
    max: MAX_COUNTED,
    maxSize: MAX_COUNTED_CHARACTERS,
    sizeCalculation: (_window, account) => account.length,
  });

  constructor(private readonly limit: RateLimit | undefined) {}

  /** Counts a request of the caller (`Caller.account`), if there is one. Throws `TooManyRequests` beyond the limit. */
  admit(account: string | undefined, access: Access): void {
    const { limit } = this;
    if (limit === undefined || account === undefined) return;
    const window = this.windowOf(account, limit);
    const isWrite = !access.includes(READ);
    if (window.requests >= limit.requests) throw tooMany('requests', limit, window);
    if (isWrite && window.writes >= limit.writes) throw tooMany('writes', limit, window);
    window.requests += 1;
    if (isWrite) window.writes += 1;
  }

  /** A request was counted that is to be counted by its parts, as a batch is. */
  giveBack(account: string): void {
    const window = this.windows.get(account);
    if (window !== undefined && window.requests > 0) window.requests -= 1;
  }

  private windowOf(account: string, limit: RateLimit): Window {
    const now = performance.now();
    let window = this.windows.get(account);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + 1000 * limit.seconds, requests: 0, writes: 0 };
      this.windows.set(account, window);
    }
    return window;
  }
}

function tooMany(what: 'requests' | 'writes', limit: RateLimit, { endsAt }: Window): GraphError {
  const seconds = Math.max(Math.ceil((endsAt - performance.now()) / 1000), 1);
  return new GraphError(
    'TooManyRequests',
    `This caller has sent ${String(limit[what])} ${what} in ${String(limit.seconds)} seconds, which is its limit (RATE_LIMIT): send the request again when the seconds in 'Retry-After' have passed.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
