/** Callers who may only read, and ask all the time for what takes longest. */
import { Agent, request } from 'node:http';

import { createToken, type Target } from './target.js';

/** What no index leads to, in several ways; each looks at all rows of the collection, or at as many as its time allows. */
const HEAVY_QUERIES = [
  "$filter=contains(userDisplayName,'zz')&$count=true",
  '$filter=not (devicesCount ge 0)&$orderby=userDisplayName',
  '$search=nobody OR "no one"',
  '$orderby=tolower(userPrincipalName) desc,length(userDisplayName)',
  '$skip=999999',
  "$filter=matchesPattern(userDisplayName,'(a|b|ab)*z$','i')",
  '$orderby=devicesCount,userDisplayName,lastReportedDateTime desc&$top=1000',
  '$top=1000',
].map((query) => `?${encodeURI(query)}`);

/** Refusals of a service that has too much to do are answers, too. */
const ANSWERS: readonly number[] = [200, 400, 429, 503];

export interface HeavyReaders {
  /** How many answers they had, by status. */
  answers: Map<number, number>;
  /** Resolves when each has its last answer. Throws what one of them met. */
  stop: () => Promise<void>;
}

/** Tokens that only read, each of a subject of its own. */
export async function createReaderTokens(target: Target, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < count; n += 1) {
    tokens.push(
      await createToken(target.program.folder, ['--read-only', '--subject', `reader-${n}`]),
    );
  }
  return tokens;
}

/** Starts a reader for each token. */
export function startHeavyReaders(
  target: Target,
  path: string,
  tokens: readonly string[],
): HeavyReaders {
  const agent = new Agent({ keepAlive: true });
  const answers = new Map<number, number>();
  let isStopping = false;

  async function read(token: string, first: number): Promise<void> {
    for (let n = first; !isStopping; n += 1) {
      const url = new URL(path + HEAVY_QUERIES[n % HEAVY_QUERIES.length], target.url);
      const status = await get(url, token);
      if (!ANSWERS.includes(status)) throw new Error(`a heavy reader was answered ${status}`);
      answers.set(status, (answers.get(status) ?? 0) + 1);
      // As Retry-After asks, if not quite as long.
      if (status === 503) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  function get(url: URL, token: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}` };
      const outgoing = request(url, { agent, headers }, (response) => {
        response.on('error', reject);
        response.on('end', () => resolve(response.statusCode!));
        response.resume();
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  const running = Promise.all(tokens.map(read));
  // What fails meanwhile is told by `stop`.
  running.catch(() => undefined);
  return {
    answers,
    async stop() {
      isStopping = true;
      await running;
      agent.destroy();
    },
  };
}
