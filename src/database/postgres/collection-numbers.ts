import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { EntityMetadata } from 'typeorm';

import type { CollectionName } from '../table.js';
import { toArrayLiteral } from './array-literal.js';
import { isUniqueViolation } from './driver-errors.js';
import { unnest } from './row-statements.js';
import { runNamed, type NamedStatement } from './named-statement.js';

/**
 * So many collections are known without the database being asked; the least recently used goes
 * first.
 */
const MAX_KNOWN_COLLECTIONS = 10_000;

/** How often numbers are drawn anew. That one of them is taken is not to be expected even once. */
const MAX_DRAWS = 3;

const NUMBER_TYPE = 'bigint';

/** A number is exact in JavaScript up to so many bits. */
const NUMBER_BITS = 53;

/**
 * The numbers of collections, by their names. They are drawn, and not counted: a sequence would be
 * one place that all shards ask. A number is never taken back, so that every process may remember
 * it.
 */
export class CollectionNumbers {
  private readonly properties: readonly string[];
  private readonly known = new LRUCache<string, number>({ max: MAX_KNOWN_COLLECTIONS });
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

  /** As far as it is known without the database. */
  get(name: CollectionName): number | undefined {
    return this.known.get(this.keyOf(name));
  }

  /** Asks for those that are not known. Those that do not exist stay unknown. */
  async find(client: pg.ClientBase, names: readonly CollectionName[]): Promise<void> {
    const unknown = this.unknownOf(names);
    if (unknown.length === 0) return;
    const rows = await runNamed(client, this.finding, this.toColumns(unknown));
    for (const [place, number] of rows as [number, number][]) {
      this.known.set(this.keyOf(unknown[place - 1]!), number);
    }
  }

  /** Makes those that do not exist. All are known then. */
  async add(client: pg.ClientBase, names: readonly CollectionName[]): Promise<void> {
    await this.find(client, names);
    for (let draws = 1; ; draws += 1) {
      const missing = this.unknownOf(names);
      if (missing.length === 0) return;
      try {
        const numbers = toArrayLiteral(missing.map(drawNumber));
        await runNamed(client, this.adding, [numbers, ...this.toColumns(missing)]);
      } catch (error) {
        // Another collection has the number.
        if (!isUniqueViolation(error) || draws === MAX_DRAWS) throw error;
      }
      await this.find(client, missing);
    }
  }

  /** Writes nothing that could be seen, and yet has to be committed. */
  async lock(client: pg.ClientBase, numbers: readonly number[]): Promise<void> {
    await runNamed(client, this.locking, [toArrayLiteral([...new Set(numbers)])]);
  }

  /** In the order of their names: of two who make the same, one waits for the other. */
  private unknownOf(names: readonly CollectionName[]): CollectionName[] {
    const unknown = new Map<string, CollectionName>();
    for (const name of names) {
      const key = this.keyOf(name);
      if (!this.known.has(key)) unknown.set(key, name);
    }
    return [...unknown.keys()].sort().map((key) => unknown.get(key)!);
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
