import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

import { isWriting, type Access } from '../auth/permissions.js';
import type { RateLimit } from '../config/config.js';
import { GraphError } from '../errors/graph-error.js';

/** What is counted of a caller, each in a window of its own that begins with the first. */
type Counted = 'requests' | 'writes';

/**
 * How many requests, and how many writes among them, each caller may send in a window of time. What
 * is refused is not counted.
 */
export class RateLimits {
  private readonly limiters: Readonly<Record<Counted, RateLimiterMemory>> | undefined;

  constructor(private readonly limit: RateLimit | undefined) {
    if (limit === undefined) return;
    const { requests, writes, seconds: duration } = limit;
    this.limiters = {
      requests: new RateLimiterMemory({ points: requests, duration }),
      writes: new RateLimiterMemory({ points: writes, duration }),
    };
  }

  /**
   * Counts a request of the caller (`Caller.account`), if there is one. Throws `TooManyRequests`
   * beyond the limit.
   */
  admit(account: string | undefined, access: Access): void | Promise<void> {
    if (this.limiters === undefined || account === undefined) return;
    return this.count(account, isWriting(access) ? ['requests', 'writes'] : ['requests']);
  }

  /** A request was counted that is to be counted by its parts, as a batch is. */
  async giveBack(account: string): Promise<void> {
    await this.limiters?.requests.reward(account);
  }

  private async count(account: string, counted: readonly Counted[]): Promise<void> {
    const limiters = this.limiters!;
    const waits = await Promise.all(counted.map((each) => consume(limiters[each], account)));
    const waitMs = Math.max(...waits);
    if (waitMs === 0) return;
    await Promise.all(counted.map((each) => limiters[each].reward(account)));
    // Where both are used up, the request passes when both windows have ended.
    throw tooMany(counted[waits.indexOf(waitMs)]!, this.limit!, waitMs);
  }
}

/** For how long there is nothing left of a limit; 0 where there was. */
async function consume(limiter: RateLimiterMemory, account: string): Promise<number> {
  try {
    await limiter.consume(account);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
    throw refusal;
  }
}

function tooMany(what: Counted, limit: RateLimit, waitMs: number): GraphError {
  return new GraphError(
    'TooManyRequests',
    `This caller has sent ${String(limit[what])} ${what} in ${String(limit.seconds)} ` +
      'seconds, which is its limit (RATE_LIMIT): send the request again when the seconds in ' +
      `'Retry-After' have passed.`,
    { headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) } },
  );
}
