/** Which of several servers takes writes. */
import type pg from 'pg';

import {
  toHostAndPort,
  type PostgresServer,
  type PostgresSettings,
} from '../../config/postgres-url.js';
import { describeError, isLost, READ_ONLY } from './driver-errors.js';
import { cut, openClient } from './open-connection.js';
import { checkPrimary } from './server-checks.js';

/** How long the others have to answer once one has said that it takes writes. */
const GRACE_MS = 250;

const PROBE_MS = 1000;

/** How often it is asked whether another server has taken the place of the one in use. */
const WATCH_MS = 5000;

/** Nobody waits for that: a server that is far away has longer to answer. */
const WATCH_GRACE_MS = 3000;

/** A server that answered. */
export interface FoundServer extends PostgresServer, History {}

/** Empty where a server does not tell. */
interface History {
  /** Servers with one identifier were one once. */
  cluster: string;
  /** Increases with each promotion. Of two that take writes, the lower was left behind. */
  timeline: string;
}

const UNTOLD: History = { cluster: '', timeline: '' };

/**
 * The server that connections are opened to, until one of them is lost. Then all are asked at once,
 * as one that is cut off answers late or never.
 */
export class ServerChoice {
  private finding: Promise<FoundServer> | undefined;
  private found: FoundServer | undefined;

  constructor(private readonly settings: PostgresSettings) {}

  /** A new object each time that it was looked for. Throws where there is none. */
  async find(): Promise<FoundServer> {
    if (this.found !== undefined) return this.found;
    this.finding ??= this.seek().finally(() => {
      this.finding = undefined;
    });
    return (this.found = await this.finding);
  }

  /** Has servers be looked for anew, where this one is still the one that was found. */
  leave(server: PostgresServer): boolean {
    if (this.found !== server) return false;
    this.found = undefined;
    return true;
  }

  /** Whether it is the one that was found last, and not left. */
  isFound(server: PostgresServer): boolean {
    return this.found === server;
  }

  /** Tells of the server that was found when it is outdated, until the timer is cleared. */
  watch(onOutdated: (server: PostgresServer) => void): NodeJS.Timeout {
    const look = async (): Promise<void> => {
      try {
        const server = await this.findOutdated();
        if (server !== undefined) onOutdated(server);
      } catch {
        // Whoever needs a connection meets it.
      }
    };
    return setInterval(() => void look(), WATCH_MS).unref();
  }

  /**
   * The server that was found, where another has taken its place and it does not know it: it still
   * answers, but what is acknowledged now is not there.
   */
  async findOutdated(): Promise<PostgresServer | undefined> {
    const { found } = this;
    if (found === undefined || !this.isSought) return undefined;
    const best = await this.seek(WATCH_GRACE_MS);
    return best.timeline > found.timeline ? found : undefined;
  }

  private get isSought(): boolean {
    return this.settings.servers.length > 1 || this.settings.isPrimarySought;
  }

  private async seek(graceMs = GRACE_MS): Promise<FoundServer> {
    const { servers } = this.settings;
    if (!this.isSought) return { ...servers[0]!, ...UNTOLD };
    const faults: Fault[] = [];
    const asked = servers.map(async (server) => {
      try {
        return await this.ask(server);
      } catch (error) {
        faults.push({ server, error });
        return undefined;
      }
    });
    const candidates = await gather(asked, graceMs);
    requireOneCluster(candidates);
    const [best] = candidates.sort((one, other) => (one.timeline < other.timeline ? 1 : -1));
    if (best !== undefined) return best;
    // One that refuses us for good is not worth waiting for; another may be.
    throw faults.some(({ error }) => isLost(error)) ? new NoPrimary(faults) : faults[0]!.error;
  }

  /** Throws where the server does not take writes, if one that does is sought. */
  private async ask(server: PostgresServer): Promise<FoundServer> {
    const client = await openClient(this.settings, server, { statementMs: PROBE_MS });
    try {
      if (this.settings.isPrimarySought) await checkPrimary(client);
      return { ...server, ...(await findHistory(client)) };
    } finally {
      cut(client);
    }
  }
}

interface Fault {
  server: PostgresServer;
  error: unknown;
}

/** None of the servers takes writes now. */
class NoPrimary extends Error {
  readonly code = READ_ONLY;

  constructor(faults: readonly Fault[]) {
    const each = faults.map(
      ({ server, error }) => `${toHostAndPort(server)}: ${describeError(error)}`,
    );
    super(`no server takes writes (${each.join('; ')})`);
  }
}

export function isSameServer(one: FoundServer, other: FoundServer): boolean {
  return one.host === other.host && one.port === other.port && one.timeline === other.timeline;
}

/** Replicas that chose differently among those of several would not see each other's rows. */
function requireOneCluster(candidates: readonly FoundServer[]): void {
  const [first] = candidates;
  const other = candidates.find(({ cluster }) => cluster !== first!.cluster);
  if (other === undefined) return;
  throw new Error(
    `${toHostAndPort(first!)} and ${toHostAndPort(other)} both take writes and are of different ` +
      'clusters: name in DATABASE_URL a server and its standbys alone',
  );
}

async function findHistory(client: pg.ClientBase): Promise<History> {
  try {
    const { rows } = await client.query<History>(
      `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS "timeline",
        (SELECT system_identifier::text FROM pg_control_system()) AS "cluster"`,
    );
    return rows[0]!;
  } catch {
    // A standby has no timeline to tell, nor has an engine without a log of this kind.
    return UNTOLD;
  }
}

/** What there is when all have answered, or some time after the first that fits. */
async function gather(
  asked: readonly Promise<FoundServer | undefined>[],
  graceMs: number,
): Promise<FoundServer[]> {
  const candidates: FoundServer[] = [];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    void Promise.all(asked).then(() => {
      resolve();
    });
    for (const answer of asked) {
      void answer.then((candidate) => {
        if (candidate === undefined) return;
        candidates.push(candidate);
        timer ??= setTimeout(resolve, graceMs);
      });
    }
  });
  clearTimeout(timer);
  return candidates;
}
