import type { Database } from 'better-sqlite3';

import { GraphError } from '../errors/graph-error.js';

/**
 * How long a query may run. SQLite works within the process, which can do nothing else meanwhile, and asks nobody whether to go on: so
 * every function that is called for a row looks at the clock.
 */
export class QueryDeadline {
  private endsAt = Infinity;

  constructor(private readonly limitMs: number) {}

  run<T>(query: () => T): T {
    this.endsAt = performance.now() + this.limitMs;
    try {
      return query();
    } finally {
      this.endsAt = Infinity;
    }
  }

  /** What is thrown within a function ends the query, and comes out of it. */
  check(): void {
    if (performance.now() <= this.endsAt) return;
    throw new GraphError(
      'BadRequest',
      `The query takes longer than ${String(this.limitMs)} ms, and nothing else can be done meanwhile: narrow '$filter' by a comparison of a property with a value, or ask for less at once.`,
      { target: '$filter' },
    );
  }
}

const deadlines = new WeakMap<Database, QueryDeadline>();

export function setDeadline(database: Database, limitMs: number): QueryDeadline {
  const deadline = new QueryDeadline(limitMs);
  deadlines.set(database, deadline);
  return deadline;
}

export function deadlineOf(database: Database): QueryDeadline {
  return deadlines.get(database)!;
}
