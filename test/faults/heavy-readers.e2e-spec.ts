/** Callers who only read, and ask for as much as they can: what those notice who write, look up, and watch. */
import { Agent, request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { sized } from '../support/faults.js';
import { startService, type Running } from '../support/run.js';
import { SERVICES, TOKEN } from '../support/services.js';
import { signToken } from '../support/sign-token.js';
import { databaseOf, type TestDatabase } from '../support/test-database.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const ROWS = sized(1_000_000, 100_000);
const SECONDS = sized(10, 2);
const READERS = 16;
const WRITERS = 16;

/** What is asked of the service alone, and what other files of the suite that run meanwhile leave of it. */
const MUST = {
  rate: sized(0.5, 0.15),
  slow: sized(5, 20),
  answerMs: sized(100, 1000),
};

/** A log that begins anew again and again keeps to it. */
const MAX_LOG_BYTES = 500_000_000;

const HEAVY = [
  "$filter=contains(userDisplayName,'zz')&$count=true",
  '$filter=not (devicesCount ge 0)&$orderby=userDisplayName',
  '$search=nobody OR "no one"',
  '$orderby=tolower(userPrincipalName) desc,length(userDisplayName)',
  '$skip=999999',
  "$filter=matchesPattern(userDisplayName,'(a|b|ab)*z$','i')",
  '$top=1000',
].map((query) => `${COLLECTION}?${encodeURI(query)}`);

const agent = new Agent({ keepAlive: true });
const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
let service: Running & { url: string };
let database: TestDatabase;
let readerTokens: string[];

beforeAll(async () => {
  const env = { DATA_DIR: dataDir };
  await stopped(await startService(env));
  database = await databaseOf(dataDir);
  await database.addRows({ configuration: CONFIGURATION, count: ROWS, nameLength: 20 });
  service = await startService(env);
  readerTokens = await Promise.all(
    ['one', 'other'].map((name) =>
      signToken(SERVICES, name, ['DeviceManagementConfiguration.Read.All']),
    ),
  );
}, 120_000);

afterAll(async () => {
  agent.destroy();
  await stopped(service);
  rmSync(dataDir, { recursive: true });
});

async function stopped({ child, finished }: Running): Promise<void> {
  child.kill('SIGTERM');
  expect((await finished).code).toBe(0);
}

/** The status of an answer, and how long it took. */
function send(method: string, path: string, bearer: string, body?: object) {
  const since = performance.now();
  return new Promise<{ status: number; ms: number }>((resolve, reject) => {
    const outgoing = request(
      new URL(path, service.url),
      {
        agent,
        method,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      },
      (response) => {
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode!, ms: performance.now() - since });
        });
        response.resume();
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Creates one after the other on each connection, for a while; how long each took. */
async function create(): Promise<number[]> {
  const times: number[] = [];
  const endsAt = performance.now() + 1000 * SECONDS;
  async function write(): Promise<void> {
    while (performance.now() < endsAt) {
      const { status, ms } = await send('POST', COLLECTION, TOKEN, userStatus());
      expect(status).toBe(201);
      times.push(ms);
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write));
  return times.sort((a, b) => a - b);
}

/** Does something again and again until it is stopped. */
function again(work: (n: number) => Promise<void>): { stop: () => Promise<void> } {
  let isStopping = false;
  async function run(): Promise<void> {
    for (let n = 0; !isStopping; n += 1) await work(n);
  }
  const running = run();
  return {
    async stop() {
      isStopping = true;
      await running;
    },
  };
}

function p99(times: readonly number[]): number {
  return times[Math.floor(times.length * 0.99)]!;
}

it('nobody waits for heavy readers', async () => {
  const statuses = new Set<number>();
  let slowest = 0;
  let log = 0;
  await create();
  const alone = await create();

  const readers = Array.from({ length: READERS }, (_, reader) =>
    again(async (n) => {
      const path = HEAVY[(n + reader) % HEAVY.length]!;
      const { status } = await send('GET', path, readerTokens[reader % readerTokens.length]!);
      statuses.add(status);
      if (status === 503) await setTimeout(100);
    }),
  );
  const watchers = ['/health/live', `${COLLECTION}/k00000007`].map((path) =>
    again(async () => {
      const { status, ms } = await send('GET', path, TOKEN);
      expect(status).toBe(200);
      slowest = Math.max(slowest, ms);
      log = Math.max(log, database.logBytes());
      await setTimeout(20);
    }),
  );
  const beside = await create();
  await Promise.all([...readers, ...watchers].map(({ stop }) => stop()));

  expect([...statuses].filter((status) => ![200, 400, 503].includes(status))).toEqual([]);
  expect(beside.length / alone.length).toBeGreaterThan(MUST.rate);
  expect(p99(beside) / p99(alone)).toBeLessThan(MUST.slow);
  expect(slowest).toBeLessThan(MUST.answerMs);
  expect(log).toBeLessThan(MAX_LOG_BYTES);
  expect(service.stdout()).not.toContain('"level":50');
}, 120_000);
