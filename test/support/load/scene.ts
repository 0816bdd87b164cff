import { createSend, type Send } from '../client.js';
import { startService, type Running } from '../run.js';
import { TOKEN } from '../services.js';
import { audit } from './audit.js';
import { Load } from './load.js';
import type { Storage } from './storage.js';

/** A service with clients at work, of which something else is to fail. */
export interface Scene {
  service: Running & { url: string };
  send: Send;
  load: Load;
  /** Stops the load; all that is wrong then. */
  finish(): Promise<string[]>;
  close(): Promise<void>;
}

export async function startScene(storage: Storage, env = {}): Promise<Scene> {
  const service = await startService({ ...storage.env, ...env });
  const send = createSend(service.url, TOKEN);
  const load = new Load(service.url, { token: TOKEN });
  return {
    service,
    send,
    load,
    async finish() {
      await load.stop();
      return audit(load.ledger, send, storage.query);
    },
    async close() {
      service.child.kill('SIGKILL');
      await Promise.all([load.stop(), service.finished]);
      await storage.remove();
    },
  };
}
