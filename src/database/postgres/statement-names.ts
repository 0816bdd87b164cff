import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** So many statements stay prepared on one connection; the least recently used goes first. */
const MAX_STATEMENTS = 64;

/** The server keeps a statement's whole tree: what is longer is not met again soon. */
const MAX_TEXT_LENGTH = 4096;

type Client = pg.ClientBase & { connection: { parsedStatements: Record<string, string> } };

/** The names of statements that connections have prepared, or are to prepare. */
export class StatementNames {
  private readonly names = new WeakMap<pg.ClientBase, LRUCache<string, string>>();
  private count = 0;

  /** `undefined` for a statement that is not worth it. */
  async nameOf(client: pg.ClientBase, text: string): Promise<string | undefined> {
    if (text.length > MAX_TEXT_LENGTH) return undefined;
    const names = this.namesOf(client);
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size === MAX_STATEMENTS) await forget(client as Client, names.pop()!);
    this.count += 1;
    const name = `list ${String(this.count)}`;
    names.set(text, name);
    return name;
  }

  private namesOf(client: pg.ClientBase): LRUCache<string, string> {
    let names = this.names.get(client);
    if (names === undefined) {
      names = new LRUCache({ max: MAX_STATEMENTS });
      this.names.set(client, names);
    }
    return names;
  }
}

async function forget(client: Client, name: string): Promise<void> {
  if (!Object.hasOwn(client.connection.parsedStatements, name)) return;
  await client.query(`DEALLOCATE "${name}"`);
  Reflect.deleteProperty(client.connection.parsedStatements, name);
}
