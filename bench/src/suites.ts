/** What is measured on each engine. */
import { type Engine, type EngineName } from './engines/engine.js';
import { POSTGRES } from './engines/postgres/postgres.engine.js';
import { SQLITE } from './engines/sqlite/sqlite.engine.js';
import { measureBatch } from './measures/batch.js';
import { measureCosts } from './measures/costs.js';
import { measureCounts } from './measures/counts.js';
import { measureCreates } from './measures/creates.js';
import { measureHeavyReaders } from './measures/heavy-readers.js';
import { measureLargeCollection } from './measures/large-collection.js';
import { measureMemory } from './measures/memory.js';
import { measureOneConnection } from './measures/one-connection.js';
import { measureReads } from './measures/reads.js';
import { measureReplicas } from './measures/replicas.js';
import { measureStart } from './measures/start.js';
import { measureStoredRows } from './measures/stored-rows.js';
import { type Pace } from './pace.js';
import { type Figures } from './requirements.js';

export type Measure = (pace: Pace, engine: Engine) => Promise<Figures>;

interface Suite {
  engine: Engine;
  measures: Record<string, Measure>;
  /** Those that are taken where none is named. */
  whole: readonly string[];
}

const OF_ANY: Record<string, Measure> = {
  creates: measureCreates,
  'one-connection': measureOneConnection,
  reads: measureReads,
  batch: measureBatch,
  'stored-rows': measureStoredRows,
  'large-collection': measureLargeCollection,
  'heavy-readers': measureHeavyReaders,
  memory: measureMemory,
  start: measureStart,
};

const OF_POSTGRES: Record<string, Measure> = {
  replicas: measureReplicas,
  counts: measureCounts,
  costs: measureCosts,
};

export const SUITES: Record<EngineName, Suite> = {
  sqlite: { engine: SQLITE, measures: OF_ANY, whole: Object.keys(OF_ANY) },
  postgres: {
    engine: POSTGRES,
    measures: { ...OF_ANY, ...OF_POSTGRES },
    // What the engine decides; the rest is the service's own, and measured with SQLite.
    whole: ['creates', 'reads', 'stored-rows', ...Object.keys(OF_POSTGRES)],
  },
};
