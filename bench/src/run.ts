/** `npm run bench`: measures the service beside what it is compared with, and reports ratios. */
import { parseArgs } from 'node:util';

import { type EngineName } from './engines/engine.js';
import { writeGeneratedPart } from './generated-part.js';
import { describeMachine } from './machine.js';
import { FULL, QUICK, type Pace } from './pace.js';
import { showProgress } from './progress.js';
import { toReport, toTable } from './report.js';
import { type Figures } from './requirements.js';
import { DOCUMENTED, toCosts, toSizingTable } from './sizing-table.js';
import { type Fleet } from './sizing.js';
import { SUITES } from './suites.js';

const USAGE = `Usage: npm run bench -- [--engine sqlite|postgres] [--quick] [--only MEASURE,…]

  --engine  where the rows are kept; sqlite where it is not said
  --quick   short rounds on few rows: all within two minutes; writes no page
  --only    ${Object.keys(SUITES.sqlite.measures).join(', ')}, and of postgres
            ${Object.keys(SUITES.postgres.measures)
              .filter((name) => !(name in SUITES.sqlite.measures))
              .join(', ')}; writes no page
  --rows, --reports-a-day
            what docs/scaling.md says of other numbers; with the measure 'costs'`;

interface Options {
  engine: EngineName;
  pace: Pace;
  names: readonly string[];
  fleets: readonly Fleet[];
  isWhole: boolean;
}

function parseOptions(): Options {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', default: 'sqlite' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rows: { type: 'string' },
      'reports-a-day': { type: 'string', default: '1' },
    },
  });
  if (!Object.hasOwn(SUITES, values.engine))
    throw new Error(`there is no engine '${values.engine}'`);
  const engine = values.engine as EngineName;
  const { measures, whole } = SUITES[engine];
  const names = values.only?.split(',') ?? whole;
  const unknown = names.find((name) => !Object.hasOwn(measures, name));
  if (unknown !== undefined) throw new Error(`there is no measure '${unknown}' of ${engine}`);
  const isWhole = !values.quick && values.only === undefined && values.rows === undefined;
  const fleet = { rows: Number(values.rows), reportsADay: Number(values['reports-a-day']) };
  if (values.rows !== undefined && !(fleet.rows > 0 && fleet.reportsADay > 0)) {
    throw new Error('--rows and --reports-a-day are numbers above 0');
  }
  const fleets = values.rows === undefined ? DOCUMENTED : [fleet];
  return { engine, pace: values.quick ? QUICK : FULL, names, fleets, isWhole };
}

async function run(): Promise<void> {
  const { engine: name, pace, names, fleets, isWhole } = parseOptions();
  const { engine, measures } = SUITES[name];
  const machine = [...describeMachine(), ...(await engine.describe())];
  const figures: Figures = {};
  for (const measure of names) {
    showProgress(`${measure}…`);
    Object.assign(figures, await measures[measure]!(pace, engine));
  }
  showProgress('done');
  console.log(`\n${toTable([['machine', ''], ...machine])}\n\n${toReport(figures, name)}`);
  if (pace.isQuick)
    console.log('\nThis was quick: short rounds, few rows. Only `npm run bench` counts.');
  const costs = toCosts(figures);
  const sizing = costs === undefined ? '' : toSizingTable(costs, fleets);
  if (sizing !== '') console.log(`\n${sizing}`);
  if (!isWhole) return;

  const shown = [['what', 'which'], ...machine];
  writeGeneratedPart('performance.md', name, [
    `Measured on ${new Date().toISOString().slice(0, 10)}.`,
    toReport(figures, name),
    ...(name === 'sqlite' ? ['## The machine'] : []),
    toTable(shown),
  ]);
  if (sizing !== '') writeGeneratedPart('scaling.md', name, [sizing]);
}

try {
  await run();
  // A database server may still run, which ends with this process.
  process.exit(0);
} catch (error) {
  const isOfArguments = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  console.error(isOfArguments ? `${(error as Error).message}\n${USAGE}` : error);
  // Not left to the event loop: servers that are still running would keep it.
  process.exit(1);
}
