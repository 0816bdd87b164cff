/** One who writes as clients do: again where it is told to, or where it does not know. */
import { pause } from '../faults.js';
import type { Reply } from './http-client.js';
import { ABSENT, contentOf, type Entity, type Member } from './ledger.js';
import type { Load } from './load.js';
import { judge, judgeSet, type Judged, type Verdict } from './verdict.js';

/** Less than `Retry-After` says, so that nothing is missed of how a service comes back. */
const AGAIN_MS = 200;

export const COLLECTIONS: readonly string[] = ['alpha', 'beta', 'gamma', 'delta'].map(
  (key) => `/v1.0/deviceManagement/deviceConfigurations/${key}/userStatuses`,
);

interface Change {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** The status of success. */
  done: number;
  /** The status of the same if it had been done before already. */
  repeated?: number;
}

export class Writer {
  private readonly collection: string;
  /** An entity that a change set can delete. */
  private spare: Entity | undefined;

  constructor(
    private readonly load: Load,
    private readonly name: string,
    private readonly n: number,
  ) {
    this.collection = COLLECTIONS[n % COLLECTIONS.length]!;
  }

  /** Until the load stops. */
  async run(): Promise<void> {
    for (let i = 0; !this.load.isStopping; i += 1) {
      const entity = this.load.ledger.entity(this.collection, `${this.name}-${String(i)}`);
      await this.live(entity, i + this.n);
    }
  }

  /** The life of an entity, which is another each time; it ends where an outcome stays unknown. */
  private async live(entity: Entity, turn: number): Promise<void> {
    if (!(await this.create(entity))) return;
    if (!(await this.patch(entity))) return;
    if (turn % 4 === 0 && !(await this.patch(entity, entity.entityTag))) return;
    if (turn % 4 === 1) await this.read(entity);
    if (turn % 5 === 2) await this.createAnonymous(`${entity.id}-x`);
    if (turn % 8 === 3) await this.list();
    if (turn % 4 === 2 && !(await this.changeSet(entity))) return;
    if (entity.isDoubtful) return;
    if (turn % 3 === 0) await this.delete(entity);
    else this.spare = entity;
  }

  private create(entity: Entity): Promise<boolean> {
    const change = { method: 'POST', path: this.collection, done: 201, repeated: 409 };
    return this.bring(entity, entity.next(), change);
  }

  private patch(entity: Entity, entityTag?: string): Promise<boolean> {
    const condition = { headers: { 'if-match': entityTag! }, repeated: 412 };
    return this.bring(entity, entity.next(), {
      method: 'PATCH',
      path: entity.path,
      done: 200,
      ...(entityTag === undefined ? {} : condition),
    });
  }

  private delete(entity: Entity): Promise<boolean> {
    const change = { method: 'DELETE', path: entity.path, done: 204, repeated: 404 };
    return this.bring(entity, ABSENT, change);
  }

  /** Sends a change until it is known to be done; `false` where it stays unknown, or is refused. */
  private async bring(entity: Entity, step: number, change: Change): Promise<boolean> {
    const { method, path, headers, done, repeated } = change;
    const body = step === ABSENT ? undefined : { id: entity.id, ...contentOf(entity.name, step) };
    let wasUnknown = false;
    for (;;) {
      const reply = await this.load.send(path, method, body, headers);
      const isRepeated = wasUnknown && typeof reply === 'object' && reply.status === repeated;
      const verdict = isRepeated
        ? 'done'
        : this.note(
            judge(reply, done, this.load.isOrderly),
            `${method} ${entity.id} to ${String(step)}`,
          );
      if (verdict === 'done') {
        this.load.acknowledge();
        entity.acknowledge(step, isRepeated ? undefined : (reply as Reply).headers.etag);
      }
      if (verdict === 'unknown') {
        wasUnknown = true;
        entity.doubt(step);
        entity.isDoubtful ||= method === 'POST';
      }
      if (verdict === 'done' || verdict === 'refused') return verdict === 'done';
      if (this.load.isStopping) return false;
      await pause(AGAIN_MS);
    }
  }

  /** Without an id nobody can send it again: it is there once, or not where that is not known. */
  private async createAnonymous(name: string): Promise<void> {
    const { ledger } = this.load;
    const reply = await this.load.send(this.collection, 'POST', contentOf(name, 1));
    const verdict = this.note(judge(reply, 201, this.load.isOrderly), `POST ${name}`);
    if (verdict === 'unknown') ledger.anonymous.add(name);
    if (verdict !== 'done') return;
    const { text, headers } = reply as Reply;
    const { id } = JSON.parse(text) as { id: string };
    this.load.acknowledge();
    ledger.entity(this.collection, id, name).acknowledge(1, headers.etag);
  }

  /** Makes one, changes one and deletes one, or does nothing of it. */
  private async changeSet(entity: Entity): Promise<boolean> {
    const made = this.load.ledger.entity(this.collection, `${entity.id}-set`);
    const members = [toMember(made, made.next()), toMember(entity, entity.next())];
    if (this.spare !== undefined) members.push(toMember(this.spare, ABSENT));
    this.spare = undefined;
    const requests = members.map((member, i) => toRequest(member, i));
    for (;;) {
      const reply = await this.load.send('/v1.0/$batch', 'POST', { requests });
      const judged = judgeSet(reply, members.map(doneOf), this.load.isOrderly);
      const verdict = this.note(judged, `a change set of ${entity.id}`);
      if (verdict === 'done') {
        this.load.acknowledge();
        for (const { entity: changed, after } of members) changed.acknowledge(after);
        return true;
      }
      if (verdict === 'unknown') {
        this.load.ledger.unsettled.push(members);
        for (const { entity: changed, after } of members) changed.doubt(after);
      }
      if (verdict !== 'again' || this.load.isStopping) return false;
      await pause(AGAIN_MS);
    }
  }

  /** What it has written itself, it reads. */
  private async read(entity: Entity): Promise<void> {
    const reply = await this.load.send(entity.path, 'GET');
    if (this.note(judge(reply, 200, this.load.isOrderly), `GET ${entity.id}`) !== 'done') return;
    const { devicesCount } = JSON.parse((reply as Reply).text) as { devicesCount: number };
    if (entity.steps.has(devicesCount)) return;
    this.load.ledger.faults.push(`GET ${entity.id}: step ${String(devicesCount)}, not as written`);
  }

  private async list(): Promise<void> {
    const query = encodeURI('$filter=devicesCount ge 2&$orderby=userDisplayName&$top=5');
    const reply = await this.load.send(`${this.collection}?${query}`, 'GET');
    this.note(judge(reply, 200, this.load.isOrderly), 'a list');
  }

  private note({ verdict, fault }: Judged, what: string): Verdict {
    if (fault !== undefined) this.load.ledger.faults.push(`${what}: ${fault}`);
    return verdict;
  }
}

/** Of an entity whose step is known. */
function toMember(entity: Entity, after: number): Member {
  return { entity, before: [...entity.steps][0]!, after };
}

function doneOf({ before, after }: Member): number {
  if (before === ABSENT) return 201;
  return after === ABSENT ? 204 : 200;
}

function toRequest({ entity, before, after }: Member, i: number): object {
  const [collection, path] = [entity.collection, entity.path].map((url) =>
    url.replace('/v1.0', ''),
  );
  const base = { id: String(i), atomicityGroup: 'set' };
  if (after === ABSENT) return { ...base, method: 'DELETE', url: path };
  const body = { id: entity.id, ...contentOf(entity.name, after) };
  const content = { headers: { 'content-type': 'application/json' }, body };
  return before === ABSENT
    ? { ...base, ...content, method: 'POST', url: collection }
    : { ...base, ...content, method: 'PATCH', url: path };
}
