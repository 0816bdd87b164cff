/** `npm run reset`: deletes all that the service stored, after asking. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';

import { loadConfig } from '../config/config.js';
import { engineOf } from '../database/engines.js';

const USAGE = `Usage: npm run -s reset -- [--yes]

  --yes  delete without asking`;

async function reset(): Promise<void> {
  const { values } = parseArgs({
    options: {
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const config = loadConfig();
  for (const warning of config.warnings) process.stderr.write(`reset: ${warning}\n`);
  const engine = engineOf(config);
  const place = engine.placeOf(config);
  if (values.yes && config.warnings.length > 0) {
    throw new Error(`nothing was deleted: ${place} may not be the one that was meant`);
  }
  if (!values.yes && !(await isConfirmed(place))) {
    throw new Error('nothing was deleted');
  }
  const isErased = await engine.erase(config);
  process.stdout.write(
    isErased
      ? `Deleted ${place}. Tokens that were made before stay good.\n`
      : `There is nothing to delete: ${place} does not exist.\n`,
  );
}

async function isConfirmed(place: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error(`say --yes to delete ${place} where nobody can be asked`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Delete all user statuses in ${place}? This cannot be undone. [y/N] `,
  );
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

try {
  await reset();
} catch (error) {
  process.stderr.write(`reset: ${(error as Error).message}\n${USAGE}\n`);
  process.exitCode = 1;
}
