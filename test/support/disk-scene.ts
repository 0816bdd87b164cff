/** A service beneath which a disk is full, and what it answers then. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect } from '@jest/globals';

import { createSend, type Answer, type Send } from './client.js';
import { pause, sized } from './faults.js';
import { ROOT, SERVICE, startService } from './run.js';
import { TOKEN } from './services.js';
import type { SmallDisk } from './small-disk.js';
import { COLLECTION, userStatus } from './user-status.js';

export const ROUNDS = sized(10, 1);
const WRITERS = sized(32, 8);
/** What a file has left when the disk has nothing left is soon full of such rows. */
const LONG = 'x'.repeat(1000);

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Has something done behind the test, before all that was to be done until now. */
export function finallyDo(end: () => unknown): void {
  ends.push(end);
}

/** A service with settings, which sees what those see who `enter`. */
export async function startOn(
  env: Record<string, string>,
  enter: readonly string[] = [],
): Promise<Send> {
  const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  finallyDo(() => {
    rmSync(dataDir, { recursive: true });
  });
  const service = await startService({ DATA_DIR: dataDir, ...env }, ROOT, SERVICE, enter);
  finallyDo(() => {
    service.child.kill('SIGTERM');
    return service.finished;
  });
  return createSend(service.url, TOKEN);
}

/** Some who create one after the other, whatever they are answered, until they are stopped. */
export function write(send: Send, prefix: string) {
  const answers: (Answer & { id: string })[] = [];
  let isStopping = false;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; !isStopping; n += 1) {
      const id = `${prefix}-${String(writer)}-${String(n)}`;
      const body = userStatus({ id, userDisplayName: LONG });
      const answer = await send('POST', COLLECTION, body);
      answers.push({ ...answer, id });
      if (answer.status !== 201) await pause(50);
    }
  });
  return {
    answers,
    /** Waits until somebody is answered so from now on. */
    async meet(status: number) {
      const since = answers.length;
      while (!answers.slice(since).some((answer) => answer.status === status)) await pause(10);
    },
    async stop() {
      isStopping = true;
      await Promise.all(writers);
    },
  };
}

/** The keys of all that is stored. */
export async function readIds(send: Send): Promise<Set<string>> {
  const ids = new Set<string>();
  let next: string | undefined = `${COLLECTION}?$select=id&$top=1000`;
  while (next !== undefined) {
    const { status, body, text } = await send('GET', next);
    if (status !== 200) throw new Error(text);
    const page = body as { value: { id: string }[]; '@odata.nextLink'?: string };
    for (const { id } of page.value) ids.add(id);
    next = page['@odata.nextLink'];
  }
  return ids;
}

/** Fills the disk and empties it again, while some write. */
export async function requireWritesRefused(send: Send, disk: SmallDisk): Promise<void> {
  const told: (Answer & { id: string })[] = [];
  await send('POST', COLLECTION, userStatus({ id: 'kept' }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const writers = write(send, String(round));
    disk.fill();
    await writers.meet(507);
    const reads = await Promise.all(
      [
        '/kept',
        '?$top=2',
        '?$orderby=userDisplayName desc',
        '/$count',
        '/../userStatusOverview',
      ].map((end) => send('GET', COLLECTION + end)),
    );
    disk.empty();
    await writers.meet(201);
    await writers.stop();
    told.push(...writers.answers);

    expect(reads.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  }
  for (const { body } of told.filter(({ status }) => status === 507)) {
    expect(body).toMatchObject({
      error: {
        code: 'InsufficientStorage',
        message: expect.stringMatching(/Nothing was stored\.$/),
      },
    });
  }
  const stored = await readIds(send);
  const isStored = told.filter(({ id }) => stored.has(id));

  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([201, 507]));
  expect(isStored).toEqual(told.filter(({ status }) => status === 201));
}
