import { HttpClient, type Loss, type Reply } from './http-client.js';
import { Ledger } from './ledger.js';
import { Writer } from './writer.js';

export interface LoadOptions {
  token: string;
  writers?: number;
  /** Names begin so: two loads of one database differ in it. */
  name?: string;
  /** Whether the service ends in order: what it does not answer, it has not begun. */
  isOrderly?: boolean;
}

/** Writers at work, each in its own entities, who go on whatever they are answered until they are stopped. */
export class Load {
  readonly ledger = new Ledger();
  /** How often there was which answer: `PATCH 200`, `list broken`. */
  readonly answers = new Map<string, number>();
  /** The longest time that an answer took: of a method, a list, or a batch. */
  readonly slowestMs = new Map<string, number>();
  readonly isOrderly: boolean;
  isStopping = false;
  /** When something was last refused or lost, by `performance.now()`. */
  lastFailedAt = 0;
  private readonly client: HttpClient;
  private readonly running: Promise<void>;
  private listeners: (() => void)[] = [];

  constructor(
    public url: string,
    { token, writers = 64, name = 'writer', isOrderly = false }: LoadOptions,
  ) {
    this.isOrderly = isOrderly;
    this.client = new HttpClient(writers, token);
    const all = Array.from({ length: writers }, (_, n) =>
      new Writer(this, `${name}-${String(n)}`, n).run(),
    );
    this.running = Promise.all(all).then(() => undefined);
  }

  async send(
    path: string,
    method: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Reply | Loss> {
    const reply = await this.client.send(this.url + path, method, body, headers);
    this.note(kindOf(method, path), reply);
    return reply;
  }

  /** How many answers came whole. */
  get received(): number {
    return [...this.answers]
      .filter(([what]) => /\d$/.test(what))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  /** Requests that have no answer: `PATCH hung: 2`. */
  get lost(): string[] {
    return [...this.answers]
      .filter(([what]) => !/\d$/.test(what))
      .map(([what, count]) => `${what}: ${String(count)}`);
  }

  /** Resolves when a write is acknowledged that was not yet. */
  nextAcknowledged(): Promise<void> {
    return new Promise((resolve) => this.listeners.push(resolve));
  }

  acknowledge(): void {
    this.ledger.acknowledged += 1;
    for (const tell of this.listeners.splice(0)) tell();
  }

  /** Resolves when the last request has its outcome. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
    this.client.close();
  }

  /** In one line. */
  summary(): string {
    const { acknowledged, entities, unsettled, anonymous } = this.ledger;
    const doubtful = entities.filter(({ steps }) => steps.size > 1).length;
    const answers = [...this.answers].sort().map(([what, count]) => `${what}: ${String(count)}`);
    return (
      `${String(acknowledged)} acknowledged of ${String(entities.length)} entities, not known ` +
      `${String(doubtful + anonymous.size)} with ${String(unsettled.length)} change sets (${answers.join(', ')})`
    );
  }

  private note(kind: string, reply: Reply | Loss): void {
    const outcome = typeof reply === 'string' ? reply : reply.status;
    const key = `${kind} ${String(outcome)}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
    if (typeof reply === 'string' || reply.status >= 500) this.lastFailedAt = performance.now();
    if (typeof reply === 'string') return;
    this.slowestMs.set(kind, Math.max(this.slowestMs.get(kind) ?? 0, reply.tookMs));
  }
}

function kindOf(method: string, path: string): string {
  if (path.endsWith('/$batch')) return 'batch';
  return path.includes('?') ? 'list' : method;
}
