import { type EngineName } from './engines/engine.js';

/** What must hold, in the order in which it is reported. */
export interface Requirement {
  key: RequirementKey;
  title: string;
  unit: 'ratio' | 'ms' | 'MB' | 'bytes' | 'µs' | 'number';
  better: 'more' | 'less';
  /** `undefined` where it is only told. */
  must: number | undefined;
  aim: number | undefined;
}

export type RequirementKey =
  | 'createsAgainstBare'
  | 'createsAgainstCeiling'
  | 'createsAgainstIndexedBare'
  | 'createsAgainstIndexedCeiling'
  | 'createsAgainstStock'
  | 'createsAgainstCap'
  | 'slowCreates'
  | 'oneConnection'
  | 'getOne'
  | 'list'
  | 'batch'
  | 'storedRows'
  | 'deepPage'
  | 'filteredPage'
  | 'overview'
  | 'createsBesideReaders'
  | 'slowCreatesBesideReaders'
  | 'liveBesideReaders'
  | 'getBesideReaders'
  | 'memoryAfterLoad'
  | 'memoryWithRows'
  | 'start'
  | 'replicas'
  | 'counts'
  | 'rowBytes'
  | 'indexBytes'
  | 'indexes'
  | 'logBytes'
  | 'updateLogBytes'
  | 'serviceTime'
  | 'updateServiceTime'
  | 'databaseTime'
  | 'updateDatabaseTime';

/** What was measured for a requirement. */
export interface Figure {
  /** One for each round; the median counts. */
  values: readonly number[];
  /** The absolute figures behind it, in words. */
  detail: string;
}

export type Figures = Partial<Record<RequirementKey, Figure>>;

type Row = Pick<Requirement, 'key' | 'title'> &
  Partial<Requirement> & { onPostgres?: { must: number; aim: number } };

const ROWS: Row[] = [
  { key: 'createsAgainstBare', title: 'creates/s against bare', must: 2, aim: 3 },
  { key: 'createsAgainstCeiling', title: 'creates/s against ceiling', must: 0.6, aim: 0.9 },
  { key: 'createsAgainstIndexedBare', title: 'creates/s against indexed-bare', must: 2, aim: 3 },
  {
    key: 'createsAgainstIndexedCeiling',
    title: 'creates/s against indexed-ceiling',
    must: 0.6,
    aim: 0.9,
  },
  { key: 'createsAgainstStock', title: 'creates/s against stock', must: 3, aim: 5 },
  { key: 'createsAgainstCap', title: 'creates/s against cap', must: 6, aim: 10 },
  {
    key: 'slowCreates',
    title: "p99 of a create against bare's",
    better: 'less',
    must: 0.4,
    aim: 0.1,
  },
  {
    key: 'oneConnection',
    title: "one connection: time of a create against bare's",
    better: 'less',
    must: 1.5,
    aim: 1.1,
  },
  {
    key: 'getOne',
    title: 'GET of one against bare',
    must: 0.6,
    aim: 0.85,
    onPostgres: { must: 1, aim: 1.5 },
  },
  { key: 'list', title: 'list of 100 against bare', must: 0.8, aim: 1 },
  {
    key: 'batch',
    title: '`$batch` of 20 creates: rows/s against single creates/s',
    must: 3,
    aim: 6,
  },
  {
    key: 'storedRows',
    title: 'creates/s with many rows stored against none',
    must: 0.8,
    aim: 0.95,
  },
  {
    key: 'deepPage',
    title: 'the last page of a long walk against page 1 (time)',
    better: 'less',
    must: 1.2,
    aim: 1.05,
  },
  {
    key: 'filteredPage',
    title: '`$filter` and `$count` in a large collection against a small one (time)',
    better: 'less',
    must: 1.5,
    aim: 1.1,
  },
  {
    key: 'overview',
    title: '`userStatusOverview` of a large collection',
    unit: 'ms',
    better: 'less',
    must: 5,
    aim: 1,
  },
  {
    key: 'createsBesideReaders',
    title: 'creates/s beside heavy readers against none',
    must: 0.5,
    aim: 0.8,
  },
  {
    key: 'slowCreatesBesideReaders',
    title: 'p99 of a create beside heavy readers against none',
    better: 'less',
    must: 5,
    aim: 2,
  },
  {
    key: 'liveBesideReaders',
    title: '`/health/live` beside heavy readers',
    unit: 'ms',
    better: 'less',
    must: 100,
    aim: 50,
  },
  {
    key: 'getBesideReaders',
    title: 'GET of one beside heavy readers',
    unit: 'ms',
    better: 'less',
    must: 100,
    aim: 50,
  },
  {
    key: 'memoryAfterLoad',
    title: 'resident memory after a long load',
    unit: 'MB',
    better: 'less',
    must: 180,
    aim: 130,
  },
  {
    key: 'memoryWithRows',
    title: 'resident memory with many rows stored',
    unit: 'MB',
    better: 'less',
    must: 200,
    aim: 130,
  },
  {
    key: 'start',
    title: 'start to first 201 against bare (time)',
    better: 'less',
    must: 2.5,
    aim: 1.5,
  },
  { key: 'replicas', title: 'creates/s of two replicas against one' },
  {
    key: 'counts',
    title: 'rows/s of 4 writers in one collection, with counts by status against without',
    must: 0.7,
    aim: 0.9,
  },
  {
    key: 'rowBytes',
    title: 'a row in the database with its indexes',
    unit: 'bytes',
    better: 'less',
    must: 1200,
    aim: 1000,
  },
  { key: 'indexBytes', title: 'of these, its indexes', unit: 'bytes' },
  { key: 'indexes', title: 'indexes, that of the key among them', unit: 'number' },
  { key: 'logBytes', title: 'write-ahead log of a create', unit: 'bytes' },
  { key: 'updateLogBytes', title: 'write-ahead log of an update', unit: 'bytes' },
  { key: 'serviceTime', title: 'processor time of the service for a create', unit: 'µs' },
  { key: 'updateServiceTime', title: 'processor time of the service for an update', unit: 'µs' },
  { key: 'databaseTime', title: 'processor time of the database for a create', unit: 'µs' },
  { key: 'updateDatabaseTime', title: 'processor time of the database for an update', unit: 'µs' },
];

export function toRequirements(engine: EngineName): Requirement[] {
  return ROWS.map(({ onPostgres, ...row }) => ({
    unit: 'ratio',
    better: 'more',
    must: undefined,
    aim: undefined,
    ...row,
    ...(engine === 'postgres' && onPostgres),
  }));
}
