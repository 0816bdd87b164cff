import { EventEmitter } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { CallContext } from './call-context.js';
import { FairQueue } from './fair-queue.js';

const LIMITS = { running: 2, runningPerCaller: 1, waiting: 4, waitingPerCaller: 3 };

/** A response that is waited for until `close` is emitted. */
class Answer extends EventEmitter {
  destroyed = false;

  leave(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** A queue whose work ends when it is told to, and the order in which work began. */
function createWorld(limits = LIMITS) {
  const queue = new FairQueue(limits);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();

  function ask(name: string, limitMs = 60_000, answer = new Answer()): Promise<string> {
    const context = new CallContext(name.charAt(0), limitMs, answer);
    return queue.run(context, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return `${name} done`;
    });
  }

  async function end(name: string): Promise<void> {
    ends.get(name)!();
    await settle();
  }

  return { ask, begun, end };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const BUSY = { code: 'ServiceUnavailable', headers: { 'Retry-After': '1' } };

describe('FairQueue', () => {
  it('lets callers take turns, and each its own in order', async () => {
    const { ask, begun, end } = createWorld();
    const all = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map((name) => ask(name));
    await settle();
    expect(begun).toEqual(['a1', 'b1']);
    const order = ['a1', 'b1', 'a2', 'c1', 'b2', 'a3'];
    for (const name of order) await end(name);

    expect(begun).toEqual(order);
    expect(await Promise.all(all)).toHaveLength(6);
  });

  it('refuses what is beyond the bound of a caller, or of all', async () => {
    const { ask, begun, end } = createWorld();
    const first = ['a1', 'a2', 'a3', 'a4'].map((name) => ask(name));

    await expect(ask('a5')).rejects.toMatchObject(BUSY);
    const others = ['b1', 'b2'].map((name) => ask(name));
    await expect(ask('c1')).rejects.toMatchObject(BUSY);

    for (const name of ['a1', 'b1', 'a2', 'b2', 'a3', 'a4']) await end(name);
    expect(await Promise.all([...first, ...others])).toHaveLength(begun.length);
  });

  it('drops what waits for longer than it may', async () => {
    const { ask, begun, end } = createWorld();
    const first = ask('a1');
    const late = ask('a2', 5);
    const last = ask('a3');

    await expect(late).rejects.toMatchObject(BUSY);
    await end('a1');
    await end('a3');
    expect(begun).toEqual(['a1', 'a3']);
    expect(await Promise.all([first, last])).toHaveLength(2);
  });

  it('drops what nobody waits for any more', async () => {
    const { ask, begun, end } = createWorld();
    const answer = new Answer();
    const first = ask('a1');
    const left = ask('a2', 60_000, answer);
    answer.leave();

    await expect(left).rejects.toMatchObject(BUSY);
    await end('a1');
    expect(begun).toEqual(['a1']);
    expect(await first).toBe('a1 done');
    expect(answer.listenerCount('close')).toBe(0);
  });

  it('answers at once, and leaves the place empty for as long as it is to rest', async () => {
    const rests: number[] = [];
    const toRestMs = (tookMs: number): number => rests.push(tookMs) * 20;
    const queue = new FairQueue({ ...LIMITS, running: 1, toRestMs });
    const context = new CallContext('a', 60_000, new Answer());
    const begun: number[] = [];
    const work = (): Promise<number> => Promise.resolve(begun.push(performance.now()));

    expect(await queue.run(context, work)).toBe(1);
    const endedAt = performance.now();
    expect(await queue.run(context, work)).toBe(2);
    expect(begun[1]! - endedAt).toBeGreaterThan(10);
    expect(rests).toHaveLength(2);
  });

  it('goes on behind work that fails', async () => {
    const queue = new FairQueue({ ...LIMITS, running: 1 });
    const context = new CallContext('a', 60_000, new Answer());
    const failing = queue.run(context, () => Promise.reject(new Error('failed')));
    const next = queue.run(context, () => Promise.resolve('done'));

    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('done');
  });
});
