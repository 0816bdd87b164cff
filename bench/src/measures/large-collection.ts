/** Reads whose time is not to grow with the collection: a page far in a walk, a filtered page with its count, the overview. */
import { type Engine } from '../engines/engine.js';
import { HttpClient } from '../http-client.js';
import { type Pace } from '../pace.js';
import { showProgress } from '../progress.js';
import { type Figures } from '../requirements.js';
import { describeTimes, median } from '../rounds.js';
import { withTargets } from '../target.js';

const LARGE = 'large';
const SMALL = 'small';
const PAGE_ROWS = 100;

/** So that the last page that is timed leads on to another, as the first does. */
const ROWS_BEHIND = PAGE_ROWS;

export async function measureLargeCollection(pace: Pace, engine: Engine): Promise<Figures> {
  const { largeRows, smallRows } = pace;
  const seeded = await engine.installSeeded(`large-${largeRows}`, [
    { configuration: LARGE, rows: largeRows + ROWS_BEHIND },
    { configuration: SMALL, rows: smallRows },
  ]);
  return withTargets({ service: seeded }, async ({ service }) => {
    const client = new HttpClient(service);
    const large = service.pathOf(LARGE);
    const figures = {
      ...(await measureWalk(client, large, pace)),
      ...(await measureFilteredPage(client, large, service.pathOf(SMALL), pace)),
      ...(await measureOverview(client, large, pace)),
    };
    client.close();
    return figures;
  });
}

async function measureWalk(client: HttpClient, path: string, pace: Pace): Promise<Figures> {
  const pages = pace.largeRows / PAGE_ROWS;
  const first = `${path}?$top=${PAGE_ROWS}`;
  const links = [first];
  while (links.length < pages) {
    const page = await client.get<Record<string, string>>(links.at(-1)!);
    links.push(page['@odata.nextLink']!);
  }
  showProgress(`walk: ${pages.toLocaleString('en')} pages`);
  const times = await timeInTurn(client, { first, second: links[1]!, last: links.at(-1)! }, pace);
  const toSecond = toTimeRatios(times.last, times.second);
  return {
    deepPage: {
      values: toTimeRatios(times.last, times.first),
      detail:
        `page ${pages.toLocaleString('en')}: ${describeTimes(times.last.flat(), times.first.flat())}; ` +
        `${median(toSecond).toFixed(2)} against page 2`,
    },
  };
}

async function measureFilteredPage(
  client: HttpClient,
  large: string,
  small: string,
  pace: Pace,
): Promise<Figures> {
  const query = `?$filter=status%20eq%20'error'&$count=true&$top=${PAGE_ROWS}`;
  const times = await timeInTurn(client, { large: large + query, small: small + query }, pace);
  const { largeRows, smallRows } = pace;
  return {
    filteredPage: {
      values: toTimeRatios(times.large, times.small),
      detail:
        `${describeTimes(times.large.flat(), times.small.flat())}; ` +
        `${largeRows.toLocaleString('en')} rows and ${smallRows.toLocaleString('en')}`,
    },
  };
}

async function measureOverview(client: HttpClient, large: string, pace: Pace): Promise<Figures> {
  const path = large.replace(/userStatuses$/, 'userStatusOverview');
  const times = await timeInTurn(client, { overview: path }, pace);
  return {
    overview: {
      values: times.overview.map(median),
      detail: `${pace.largeRows.toLocaleString('en')} rows, with the way there and back`,
    },
  };
}

/** Milliseconds of each request, alternately with the others, by round. The first round warms up and does not count. */
async function timeInTurn<Names extends string>(
  client: HttpClient,
  requests: Record<Names, string>,
  { rounds, timings }: Pace,
): Promise<Record<Names, number[][]>> {
  const entries = Object.entries<string>(requests) as [Names, string][];
  const times = Object.fromEntries(entries.map(([name]) => [name, [] as number[][]])) as Record<
    Names,
    number[][]
  >;
  for (let round = 0; round <= rounds; round += 1) {
    const ofRound = Object.fromEntries(entries.map(([name]) => [name, [] as number[]])) as Record<
      Names,
      number[]
    >;
    for (let timing = 0; timing < timings; timing += 1) {
      for (const [name, path] of entries) ofRound[name].push(await client.time(path));
    }
    if (round > 0) for (const [name] of entries) times[name].push(ofRound[name]);
  }
  const shown = entries.map(([name]) => `${name} ${median(times[name].flat()).toFixed(2)} ms`);
  showProgress(`timed: ${shown.join(', ')}`);
  return times;
}

/** Of each round, by its medians. */
function toTimeRatios(of: readonly number[][], against: readonly number[][]): number[] {
  return of.map((times, round) => median(times) / median(against[round]!));
}
