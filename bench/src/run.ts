/** `npm run bench`: measures the service beside what it is compared with, and reports ratios. */
import { parseArgs } from 'node:util';

import { describeMachine } from './machine.js';
import { measureBatch } from './measures/batch.js';
import { measureCreates } from './measures/creates.js';
import { measureHeavyReaders } from './measures/heavy-readers.js';
import { measureLargeCollection } from './measures/large-collection.js';
import { measureMemory } from './measures/memory.js';
import { measureOneConnection } from './measures/one-connection.js';
import { measureReads } from './measures/reads.js';
import { measureStart } from './measures/start.js';
import { measureStoredRows } from './measures/stored-rows.js';
import { FULL, QUICK, type Pace } from './pace.js';
import { showProgress } from './progress.js';
import { toReport, toTable, writePage } from './report.js';
import { type Figures } from './requirements.js';

const MEASURES: Record<string, (pace: Pace) => Promise<Figures>> = {
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

const USAGE = `Usage: npm run bench -- [--quick] [--only MEASURE,…]

  --quick  short rounds on few rows: all within two minutes; writes no page
  --only   ${Object.keys(MEASURES).join(', ')}; writes no page`;

function parseOptions(): { pace: Pace; names: string[]; isWhole: boolean } {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
  });
  const names = values.only?.split(',') ?? Object.keys(MEASURES);
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  if (unknown !== undefined) throw new Error(`there is no measure '${unknown}'`);
  const isWhole = !values.quick && values.only === undefined;
  return { pace: values.quick ? QUICK : FULL, names, isWhole };
}

async function run(): Promise<void> {
  const { pace, names, isWhole } = parseOptions();
  const machine = describeMachine();
  const figures: Figures = {};
  for (const name of names) {
    showProgress(`${name}…`);
    Object.assign(figures, await MEASURES[name]!(pace));
  }
  showProgress('done');
  console.log(`\n${toTable([['machine', ''], ...machine])}\n\n${toReport(figures)}`);
  if (pace.isQuick)
    console.log('\nThis was quick: short rounds, few rows. Only `npm run bench` counts.');
  if (isWhole) writePage(figures, machine);
}

try {
  await run();
} catch (error) {
  const isOfArguments = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  console.error(isOfArguments ? `${(error as Error).message}\n${USAGE}` : error);
  // Not left to the event loop: servers that are still running would keep it.
  process.exit(1);
}
