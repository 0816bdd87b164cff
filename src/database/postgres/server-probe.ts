import type { Connections } from './connections.js';
import { checkServer, requireWriteAccess } from './server-checks.js';
import { within } from './within.js';

/** Whoever asks is told within this time, also where the network is cut and nothing answers. */
const ANSWER_MS = 1500;

/** Asks whether the database is there and takes writes; once, for all who ask meanwhile. */
export class ServerProbe {
  private asking: Promise<void> | undefined;

  constructor(private readonly connections: Connections) {}

  /** Throws where it is not, or one of the tables, which are quoted. */
  async check(tables: readonly string[]): Promise<void> {
    this.asking ??= this.ask(tables).finally(() => {
      this.asking = undefined;
    });
    await within(ANSWER_MS, this.asking);
  }

  private ask(tables: readonly string[]): Promise<void> {
    return this.connections.onProbe(async (client) => {
      await checkServer(client);
      const rows = tables.map((table) => `(SELECT 1 FROM ${table} LIMIT 1)`);
      await client.query(`SELECT ${rows.join(', ')}`);
      await requireWriteAccess(client, tables);
    });
  }
}
