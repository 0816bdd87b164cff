import { createSend } from '../client.js';
import { findFreePort } from '../postgres-server.mjs';
import { startService, type Running } from '../run.js';
import { TOKEN } from '../services.js';
import { audit } from './audit.js';
import { Load } from './load.js';
import { createStorage, type Storage } from './storage.js';

type Service = Running & { url: string };

/** A service that ends and is started again on its port, while its clients go on. */
export class Restarts {
  #service: Service | undefined;
  #load: Load | undefined;

  private constructor(
    private readonly storage: Storage,
    private readonly port: number,
    private readonly isOrderly: boolean,
  ) {}

  /** Orderly clients are those that a service which ends in order may not turn away. */
  static async prepare({ isOrderly = false } = {}): Promise<Restarts> {
    return new Restarts(await createStorage(), await findFreePort(), isOrderly);
  }

  get load(): Load {
    return this.#load!;
  }

  async start(): Promise<Service> {
    this.#service = await startService({ ...this.storage.env, PORT: String(this.port) });
    return this.#service;
  }

  /** Has the clients begin, if they have not, and waits until one of them was told of a write from now on. */
  async serve({ url }: Service): Promise<void> {
    this.#load ??= new Load(url, { token: TOKEN, isOrderly: this.isOrderly });
    await this.#load.nextAcknowledged();
  }

  /** All that is wrong with what is stored, once the clients have stopped. */
  audit(): Promise<string[]> {
    return audit(this.load.ledger, createSend(this.#service!.url, TOKEN), this.storage.query);
  }

  async close(): Promise<void> {
    this.#service?.child.kill('SIGKILL');
    await this.#service?.finished;
    await this.storage.remove();
  }
}
