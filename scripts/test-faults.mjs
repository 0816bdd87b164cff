/**
 * Runs the tests of faults, and of random cases, in full, one file after the other: each loads the
 * machine for itself.
 */
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    'test/faults',
    'test/database/[a-z]+/faults',
    'test/database/postgres/same-answers',
    'test/http/connections',
    'test/odata/(filter|order|apply)-semantics',
    'test/odata/malformed-filters',
  ],
  { stdio: 'inherit', env: { ...process.env, FAULTS: 'full' } },
);
process.exitCode = status ?? 1;
