/** What others notice of callers who read all that they can: creates, look-ups by key, and whether the service is live. */
import { setTimeout } from 'node:timers/promises';

import { runCreates } from '../checked-creates.js';
import { type Engine } from '../engines/engine.js';
import { createReaderTokens, startHeavyReaders } from '../heavy-readers.js';
import { HttpClient } from '../http-client.js';
import { type Pace } from '../pace.js';
import { showProgress } from '../progress.js';
import { type Figures } from '../requirements.js';
import { describeRates, describeTimes, runRounds, toRatios } from '../rounds.js';
import { withTargets } from '../target.js';

const READERS = 16;
const CONNECTIONS = 16;
const LARGE = 'large';

/** How often the service is asked for one thing more beside all that. */
const PROBE_INTERVAL_MS = 20;

export async function measureHeavyReaders(pace: Pace, engine: Engine): Promise<Figures> {
  const { largeRows } = pace;
  const seeded = await engine.installSeeded(`large-${largeRows}`, [
    { configuration: LARGE, rows: largeRows },
  ]);
  return withTargets({ service: seeded }, async ({ service }) => {
    const path = service.pathOf(LARGE);
    const client = new HttpClient(service);
    const [known] = (await client.get<{ value: { id: string }[] }>(`${path}?$top=1`)).value;
    const tokens = await createReaderTokens(service, READERS);
    const slowest: Record<'live' | 'get', number[]> = { live: [], get: [] };
    const run = (seconds: number) =>
      runCreates({ target: service, kind: 'create', connections: CONNECTIONS, seconds, path });

    const { alone, beside } = await runRounds(
      'creates beside heavy readers',
      {
        alone: run,
        beside: async (seconds) => {
          const readers = startHeavyReaders(service, path, tokens);
          const probes = [
            watch(client, '/health/live', slowest.live),
            watch(client, `${path}/${known!.id}`, slowest.get),
          ];
          const result = await run(seconds);
          for (const probe of probes) await probe.stop();
          await readers.stop();
          const answers = [...readers.answers].map(([status, count]) => `${count} × ${status}`);
          showProgress(`heavy readers: ${answers.join(', ')}`);
          return result;
        },
      },
      pace,
    );
    client.close();
    const slow = (results: typeof alone): number[] => results.map(({ p99Ms }) => p99Ms);
    const occasion = `${READERS} readers, ${largeRows.toLocaleString('en')} rows`;
    return {
      createsBesideReaders: {
        values: toRatios(beside, alone, 'perSecond'),
        detail: `${describeRates(beside, alone)} at ${CONNECTIONS} connections; ${occasion}`,
      },
      slowCreatesBesideReaders: {
        values: toRatios(beside, alone, 'p99Ms'),
        detail: describeTimes(slow(beside), slow(alone)),
      },
      // The warm-up comes first, and does not count.
      liveBesideReaders: { values: slowest.live.slice(1), detail: 'the slowest of each round' },
      getBesideReaders: { values: slowest.get.slice(1), detail: 'the slowest of each round' },
    };
  });
}

/** Asks again and again, and takes note of the longest that it took. */
function watch(client: HttpClient, path: string, slowest: number[]): { stop: () => Promise<void> } {
  let isStopping = false;
  async function probe(): Promise<void> {
    let longest = 0;
    while (!isStopping) {
      longest = Math.max(longest, await client.time(path));
      await setTimeout(PROBE_INTERVAL_MS);
    }
    slowest.push(longest);
  }
  const running = probe();
  running.catch(() => undefined);
  return {
    async stop() {
      isStopping = true;
      await running;
    },
  };
}
