import { describe, expect, it } from '@jest/globals';

import { READ_PERMISSIONS, WRITE_PERMISSIONS } from '../auth/permissions.js';
import { RateLimits } from './rate-limits.js';

const LIMIT = { writes: 1, requests: 2, seconds: 3600 };
const TOO_MANY = { code: 'TooManyRequests', headers: { 'Retry-After': '3600' } };

describe('RateLimits', () => {
  it('counts nobody where there is no limit, and no request without a caller', async () => {
    const [none, limited] = [new RateLimits(undefined), new RateLimits(LIMIT)];
    for (let i = 0; i < 5; i += 1) {
      expect(none.admit('a', WRITE_PERMISSIONS)).toBeUndefined();
      expect(limited.admit(undefined, 'anybody')).toBeUndefined();
    }

    await limited.admit('a', WRITE_PERMISSIONS);
  });

  it('does not count what it refuses', async () => {
    const limits = new RateLimits(LIMIT);
    await limits.admit('a', WRITE_PERMISSIONS);
    for (let i = 0; i < 5; i += 1) {
      await expect(limits.admit('a', WRITE_PERMISSIONS)).rejects.toMatchObject(TOO_MANY);
    }

    await limits.admit('a', READ_PERMISSIONS);
    await expect(limits.admit('a', READ_PERMISSIONS)).rejects.toMatchObject(TOO_MANY);
  });

  it('counts each caller alone, and what is given back not at all', async () => {
    const limits = new RateLimits(LIMIT);
    for (const caller of ['a', 'b']) {
      for (let i = 0; i < 2; i += 1) await limits.admit(caller, READ_PERMISSIONS);
      await expect(limits.admit(caller, READ_PERMISSIONS)).rejects.toMatchObject(TOO_MANY);
    }
    await limits.giveBack('a');

    await limits.admit('a', READ_PERMISSIONS);
    await expect(limits.admit('b', READ_PERMISSIONS)).rejects.toMatchObject(TOO_MANY);
  });
});
