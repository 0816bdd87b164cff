/** Two services that have to answer alike, whatever each has beneath. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Answer } from './client.js';
import type { Row } from './filter-expression.js';
import type { Asked, AskedBatch } from './request-arbitrary.js';
import { startTestApp, type OwnTestApp } from './test-app.js';

/** Where both say that they are: links and contexts are the same. */
const PUBLIC_URL = 'http://same.example';
const VERSION = '/v1.0';

/** More than there are rows: the links go round. */
const MAX_PAGES = 60;

const SAME_ID = { 'client-request-id': 'same' };

/** How much of two answers is shown, from a little before they part. */
const SHOWN = { before: 200, after: 400 };

/** Of the exchange and not of what is answered, or of a length that a page token has. */
const OWN_HEADERS = new Set(['date', 'request-id', 'connection', 'keep-alive', 'content-length']);

/** What each service makes of its own clock, key and dice. */
const OWN_TEXTS: readonly [RegExp, string][] = [
  [/W\/(\\?)"[0-9a-z]+\\?"/g, 'W/$1"…$1"'],
  [/\$skiptoken=[\w%.~-]+/g, '$skiptoken=…'],
  [/("date":\s*)"[^"]+"/g, '$1"…"'],
  [/("request-id":\s*)"[^"]+"/gi, '$1"…"'],
  [/batchresponse[\w-]+/g, 'batchresponse…'],
];

export interface Twins {
  apps: readonly [OwnTestApp, OwnTestApp];
  close(): Promise<void>;
}

/** One on SQLite, and the other on a database at a URL. */
export async function startTwins(url: string): Promise<Twins> {
  const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  const file = `sqlite:${join(dataDir, 'user-statuses.db')}`;
  const one = await startTestApp({ PUBLIC_URL, DATABASE_URL: file });
  const other = await startTestApp({ PUBLIC_URL, DATABASE_URL: url });
  return {
    apps: [one, other],
    async close() {
      await one.close();
      await other.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

/** One after the other is asked of both; throws where they differ. Returns how many answers were compared. */
export async function requireSameAnswers(
  { apps }: Twins,
  configuration: string,
  given: readonly Row[],
  requests: readonly (Asked | AskedBatch)[],
  onDifference = (difference: string): void => {
    throw new Error(difference);
  },
): Promise<number> {
  const [one, other] = apps.map((app) => new Witness(app, configuration)) as [Witness, Witness];
  const seeding: AskedBatch = {
    items: given.map((row) => ({ method: 'POST', path: '', id: row.id, body: row })),
  };
  let compared = 0;
  for (const asked of [seeding, ...requests]) {
    const [expected, found] = await Promise.all([one.ask(asked), other.ask(asked)]);
    const at = expected.findIndex((text, i) => text !== found[i]);
    if (at !== -1 || expected.length !== found.length) {
      onDifference(
        `${JSON.stringify(asked)}\nanswer ${String(at)}${toDifference(expected[at], found[at])}`,
      );
    }
    compared += expected.length;
  }
  return compared;
}

/** What one of the services said of a collection so far. */
class Witness {
  /** The entity tags that each entity had, the last one at the end. */
  private readonly tags = new Map<string, string[]>();
  /** Those that have to be met again, until something is written. */
  private readonly valid = new Map<string, string>();
  private readonly collection: string;
  private next: string | undefined;

  constructor(
    private readonly app: OwnTestApp,
    configuration: string,
  ) {
    this.collection = `/deviceManagement/deviceConfigurations/${configuration}/userStatuses`;
  }

  /** The answers, of each page one, without what is the service's own. */
  async ask(asked: Asked | AskedBatch): Promise<string[]> {
    return 'items' in asked ? [await this.askBatch(asked)] : this.askOne(asked);
  }

  private async askOne(asked: Asked): Promise<string[]> {
    const { method, body } = asked;
    let answer = await this.app.send(method, this.urlOf(asked), body, this.headersOf(asked));
    this.noteWrite(asked, answer);
    this.noteTag(keyOf(asked), answer.headers.get('etag'));
    const texts = [toText(answer)];
    let link = linkOf(answer);
    if (asked.path !== '@next') this.next = link ?? this.next;
    for (; link !== undefined; link = linkOf(answer)) {
      if (texts.length === MAX_PAGES) throw new Error(`${asked.path} leads from page to page`);
      answer = await this.app.send('GET', link, undefined, SAME_ID);
      texts.push(toText(answer));
      this.noteTagsOf(answer.body);
    }
    return texts;
  }

  private async askBatch({ items }: AskedBatch): Promise<string> {
    const requests = items.map((item, i) => ({
      id: String(i),
      method: item.method,
      url: this.urlOf(item).slice(VERSION.length),
      headers: {
        ...this.headersOf(item),
        ...(item.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(item.body === undefined ? {} : { body: item.body }),
      ...(item.dependsOn === undefined ? {} : { dependsOn: item.dependsOn.map(String) }),
      ...(item.group === undefined ? {} : { atomicityGroup: item.group }),
    }));
    const answer = await this.app.send('POST', `${VERSION}/$batch`, { requests }, SAME_ID);
    for (const item of items) if (item.method !== 'GET') this.valid.delete(keyOf(item) ?? '');
    return toText(answer);
  }

  private urlOf({ path }: Asked): string {
    if (path === '@next') return this.next ?? VERSION + this.collection;
    return VERSION + this.collection + path;
  }

  private headersOf(asked: Asked): Record<string, string> {
    const { condition, headers = {} } = asked;
    const sent = { ...SAME_ID, ...headers };
    if (condition === undefined) return sent;
    const tags = this.tags.get(keyOf(asked) ?? '') ?? [];
    const tag = tags.at(condition.tag === 'last' ? -1 : -2);
    return { ...sent, [condition.header]: tag ?? 'W/"0"' };
  }

  private noteWrite(asked: Asked, { status }: Answer): void {
    if (asked.method !== 'GET' && status < 300) this.valid.delete(keyOf(asked) ?? '');
  }

  /** An entity has one tag until it is written again, wherever it is read. */
  private noteTag(key: string | undefined, tag: string | null): void {
    if (key === undefined || tag === null) return;
    const last = this.valid.get(key);
    if (last !== undefined && last !== tag) {
      throw new Error(`'${key}' has the entity tag ${tag}, and had ${last}`);
    }
    this.valid.set(key, tag);
    const tags = this.tags.get(key) ?? [];
    if (tags.at(-1) !== tag) this.tags.set(key, [...tags, tag]);
  }

  private noteTagsOf(page: unknown): void {
    const { value } = page as { value?: { id?: string; '@odata.etag'?: string }[] };
    if (!Array.isArray(value)) return;
    for (const { id, '@odata.etag': tag } of value) this.noteTag(id, tag ?? null);
  }
}

function keyOf({ id, body }: Asked): string | undefined {
  return id ?? (body as { id?: string } | undefined)?.id;
}

function linkOf({ status, body }: Answer): string | undefined {
  const page = body as Record<string, unknown> | undefined;
  const link = status === 200 ? page?.['@odata.nextLink'] : undefined;
  return typeof link === 'string' ? link.slice(PUBLIC_URL.length) : undefined;
}

function toText({ status, headers, text }: Answer): string {
  const told = [...headers].filter(([name]) => !OWN_HEADERS.has(name));
  const whole = [String(status), ...told.map((header) => header.join(': ')), '', text].join('\n');
  return OWN_TEXTS.reduce((rest, [own, replacement]) => rest.replaceAll(own, replacement), whole);
}

function toDifference(one = '', other = ''): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const [from, to] = [Math.max(at - SHOWN.before, 0), at + SHOWN.after];
  return `\nof one: ${one.slice(from, to)}\nof the other: ${other.slice(from, to)}`;
}
