import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { EntityMetadata } from 'typeorm';

import type { CollectionName } from '../table.js';
import { toArrayLiteral } from './array-literal.js';
import { isUniqueViolation } from './driver-errors.js';
import { unnest } from './row-statements.js';
import { runNamed, type NamedStatement } from './named-statement.js';

/**
 * So many collections are known on a connection without the server being asked; the least recently
 * used goes first.
 */
const MAX_KNOWN_COLLECTIONS = 10_000;

/** How often numbers are drawn anew. That one of them is taken is not to be expected even once. */
const MAX_DRAWS = 3;

const NUMBER_TYPE = 'bigint';

/** A number is exact in JavaScript up to so many bits. */
const NUMBER_BITS = 53;

/**
 * The numbers of collections, by their names. They are drawn, and not counted: a sequence would be
 * one place that all shards ask. A number is never taken back, so that it may be remembered, but
 * for as long as the connection that it was read on: a standby that takes over may not have it.
 */
export class CollectionNumbers {
  private readonly properties: readonly string[];
  private readonly known = new WeakMap<pg.ClientBase, LRUCache<string, number>>();
  private readonly finding: NamedStatement;
  private readonly adding: NamedStatement;
  private readonly locking: NamedStatement;

  constructor(
    { tablePath, columns, primaryColumns }: EntityMetadata,
    quote: (name: string) => string,
    typeOf: (column: EntityMetadata['columns'][number]) => string,
  ) {
    const table = quote(tablePath);
    const number = quote(primaryColumns[0]!.databaseName);
    const names = columns.filter(({ isPrimary }) => !isPrimary);
    const quoted = names.map(({ databaseName }) => quote(databaseName));
    const types = names.map(typeOf);
    const list = quoted.join(', ');
    this.properties = names.map(({ propertyName }) => propertyName);
    this.finding = {
      name: `${tablePath} find`,
      text: `
        SELECT g.n::integer, c.${number}
        FROM ${unnest(types)} WITH ORDINALITY AS g(${list}, n)
        JOIN ${table} AS c ON ${quoted.map((name) => `c.${name} = g.${name}`).join(' AND ')}`,
    };
    this.adding = {
      name: `${tablePath} add`,
      text: `
        INSERT INTO ${table} (${number}, ${list})
        SELECT * FROM ${unnest([NUMBER_TYPE, ...types])}
        ON CONFLICT (${list}) DO NOTHING`,
    };
    this.locking = {
      name: `${tablePath} lock`,
      text: `
        SELECT FROM ${table} WHERE ${number} = ANY($1::${NUMBER_TYPE}[])
        ORDER BY ${number} FOR UPDATE`,
    };
  }

  /** The values of a name, in one order. */
  valuesOf(name: CollectionName): unknown[] {
    return this.properties.map((property) => name[property]);
  }

  /** In the order of the names; `undefined` for those that do not exist. */
  async find(
    client: pg.ClientBase,
    names: readonly CollectionName[],
  ): Promise<(number | undefined)[]> {
    const known = this.knownOn(client);
    const keys = names.map((name) => this.keyOf(name));
    const unknown = names.filter((_, i) => !known.has(keys[i]!));
    if (unknown.length > 0) await this.ask(client, this.inOrder(unknown));
    return keys.map((key) => known.get(key));
  }

  /** In the order of the names. Makes those that do not exist. */
  async add(client: pg.ClientBase, names: readonly CollectionName[]): Promise<number[]> {
    for (let draws = 1; ; draws += 1) {
      const numbers = await this.find(client, names);
      const missing = names.filter((_, i) => numbers[i] === undefined);
      if (missing.length === 0) return numbers as number[];
      try {
        await this.make(client, this.inOrder(missing));
      } catch (error) {
        // Another collection has the number.
        if (!isUniqueViolation(error) || draws === MAX_DRAWS) throw error;
      }
    }
  }

  /** Writes nothing that could be seen, and yet has to be committed. */
  async lock(client: pg.ClientBase, numbers: readonly number[]): Promise<void> {
    await runNamed(client, this.locking, [toArrayLiteral([...new Set(numbers)])]);
  }

  private async ask(client: pg.ClientBase, names: readonly CollectionName[]): Promise<void> {
    const known = this.knownOn(client);
    const rows = await runNamed(client, this.finding, this.toColumns(names));
    for (const [place, number] of rows as [number, number][]) {
      known.set(this.keyOf(names[place - 1]!), number);
    }
  }

  private async make(client: pg.ClientBase, names: readonly CollectionName[]): Promise<void> {
    const numbers = toArrayLiteral(names.map(drawNumber));
    await runNamed(client, this.adding, [numbers, ...this.toColumns(names)]);
  }

  private knownOn(client: pg.ClientBase): LRUCache<string, number> {
    let known = this.known.get(client);
    if (known === undefined) {
      known = new LRUCache({ max: MAX_KNOWN_COLLECTIONS });
      this.known.set(client, known);
    }
    return known;
  }

  /** Each once, in one order: of two who make the same, one waits for the other. */
  private inOrder(names: readonly CollectionName[]): CollectionName[] {
    const byKey = new Map(names.map((name) => [this.keyOf(name), name]));
    return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
  }

  private toColumns(names: readonly CollectionName[]): string[] {
    return this.properties.map((property) => toArrayLiteral(names.map((name) => name[property]!)));
  }

  private keyOf(name: CollectionName): string {
    return JSON.stringify(this.valuesOf(name));
  }
}

function drawNumber(): number {
  const [drawn] = crypto.getRandomValues(new BigUint64Array(1));
  // Zero stands for a collection that has no number.
  return Number(BigInt.asUintN(NUMBER_BITS, drawn!)) || drawNumber();
}
