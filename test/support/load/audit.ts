/** What a service has, by its own answers and by its tables, against what it has acknowledged. */
import type { Send } from '../client.js';
import { pageOf } from '../seed.js';
import { toEntityTag } from '../../../src/odata/protocol/entity-tag.js';
import { COMPLIANCE_STATUSES } from '../../../src/user-statuses/model/compliance-status.js';
import { ABSENT, contentOf, type Entity, type Ledger } from './ledger.js';
import { COLLECTIONS } from './writer.js';

/** Runs a query on the database, past the service. */
export type Query = (text: string) => Promise<Record<string, unknown>[]>;

type Found = ReturnType<typeof contentOf> & { id: string; '@odata.etag': string };

const ROWS = `
  SELECT c.device_configuration_id AS collection, s.id, s.devices_count, s.status, s.revision
  FROM user_status s JOIN user_status_collection c ON c.id = s.collection_id`;

const COUNTS = `
  SELECT c.device_configuration_id AS collection, k.status, sum(k.count) AS kept
  FROM user_status_count k JOIN user_status_collection c ON c.id = k.collection_id
  GROUP BY c.device_configuration_id, k.status`;

/** All that is wrong: nothing where all is well. */
export async function audit(ledger: Ledger, send: Send, query: Query): Promise<string[]> {
  const found = new Map<string, Found>();
  const wrong = [...ledger.faults];
  for (const collection of COLLECTIONS) {
    const members = await readAll(collection, send);
    for (const member of members) {
      const path = `${collection}/${member.id}`;
      if (found.has(path)) wrong.push(`twice on the pages: ${path}`);
      found.set(path, member);
    }
    wrong.push(...(await checkCounts(collection, members, send)));
  }
  wrong.push(...checkEntities(ledger, found), ...checkSets(ledger, found));
  wrong.push(...(await checkTables(found, query)));
  return wrong;
}

async function readAll(collection: string, send: Send): Promise<Found[]> {
  const members: Found[] = [];
  let next: string | undefined = `${collection}?$top=1000`;
  while (next !== undefined) {
    const page = pageOf(await send('GET', next));
    members.push(...(page.value as Found[]));
    next = page['@odata.nextLink'];
  }
  return members;
}

async function checkCounts(collection: string, members: Found[], send: Send): Promise<string[]> {
  const { text } = await send('GET', `${collection}/$count`, undefined, { accept: 'text/plain' });
  const { body } = await send('GET', collection.replace('userStatuses', 'userStatusOverview'));
  const overview = Object.entries(body as object).filter(([name]) => name.endsWith('Count'));
  const sum = overview.reduce((total, [, count]) => total + Number(count), 0);
  const errors = members.filter(({ status }) => status === 'error').length;
  const { errorCount } = body as { errorCount: number };
  return [
    ['$count', Number(text), members.length],
    ['the overview', sum, members.length],
    ['errorCount', errorCount, errors],
  ]
    .filter(([, told, is]) => told !== is)
    .map(
      ([what, told, is]) => `${String(what)} of ${collection}: ${String(told)} of ${String(is)}`,
    );
}

function checkEntities(ledger: Ledger, found: ReadonlyMap<string, Found>): string[] {
  const wrong: string[] = [];
  const unnamed = new Map(found);
  for (const entity of ledger.entities) {
    unnamed.delete(entity.path);
    const fault = faultOf(entity, found.get(entity.path));
    if (fault !== undefined) wrong.push(`${entity.path}: ${fault}`);
  }
  // What is left has an id that the service gave.
  const names = new Set<string>();
  for (const { id, ...content } of unnamed.values()) {
    const name = content.userDisplayName.replace(/ 1$/, '');
    if (!ledger.anonymous.has(name)) wrong.push(`nobody wrote, or twice: ${id} ${name}`);
    if (names.has(name)) wrong.push(`twice: ${name}`);
    names.add(name);
  }
  return wrong;
}

function faultOf(
  { name, steps, entityTag }: Entity,
  member: Found | undefined,
): string | undefined {
  const step = member?.devicesCount ?? ABSENT;
  if (!steps.has(step)) {
    return `is at step ${String(step)}, and was acknowledged at ${[...steps].join(' or ')}`;
  }
  if (member === undefined) return undefined;
  const isWhole = Object.entries(contentOf(name, step)).every(
    ([property, value]) => member[property as keyof Found] === value,
  );
  if (!isWhole) return `is half-written: ${JSON.stringify(member)}`;
  if (entityTag !== undefined && entityTag !== member['@odata.etag']) {
    return `has the tag ${member['@odata.etag']}, and ${entityTag} was acknowledged`;
  }
  return undefined;
}

/** Of a change set that nobody knows the outcome of, all or nothing is there. */
function checkSets(ledger: Ledger, found: ReadonlyMap<string, Found>): string[] {
  return ledger.unsettled
    .map((members) =>
      members.map(({ entity, after }) => {
        const isDone = (found.get(entity.path)?.devicesCount ?? ABSENT) === after;
        return `${entity.id} ${isDone ? 'done' : 'not done'}`;
      }),
    )
    .filter((states) => new Set(states.map((state) => state.endsWith('not done'))).size > 1)
    .map((states) => `half of a change set: ${states.join(', ')}`);
}

/** The tables have the rows that the service shows, and their numbers. */
async function checkTables(found: ReadonlyMap<string, Found>, query: Query): Promise<string[]> {
  const rows = await query(ROWS);
  const stored = rows.map(({ collection, id, devices_count, status, revision }) =>
    [
      collection,
      id,
      devices_count,
      COMPLIANCE_STATUSES[Number(status)],
      toEntityTag(Number(revision)),
    ].join(' '),
  );
  const shown = [...found].map(([path, { id, devicesCount, status, '@odata.etag': tag }]) =>
    [path.split('/')[4], id, devicesCount, status, tag].join(' '),
  );
  const numbers = new Map<string, number>();
  for (const { collection, status } of rows) {
    const key = `${String(collection)} ${String(status)}`;
    numbers.set(key, (numbers.get(key) ?? 0) + 1);
  }
  const counts = await query(COUNTS);
  const kept = counts
    .filter(({ kept: number }) => Number(number) !== 0)
    .map((row) => `${String(row.collection)} ${String(row.status)}: ${String(row.kept)}`);
  const counted = [...numbers].map(([key, number]) => `${key}: ${String(number)}`);
  return [...differences('rows', stored, shown), ...differences('counts', kept, counted)];
}

function differences(what: string, one: readonly string[], other: readonly string[]): string[] {
  const [ones, others] = [new Set(one), new Set(other)];
  return [
    ...(ones.size === one.length ? [] : [`${what}: twice in the tables`]),
    ...one.filter((text) => !others.has(text)).map((text) => `${what}: ${text} in the tables only`),
    ...other.filter((text) => !ones.has(text)).map((text) => `${what}: ${text} not in the tables`),
  ];
}
