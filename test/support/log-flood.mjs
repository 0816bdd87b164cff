/** More lines at once than may wait for standard output, and then one from time to time. */
import { setInterval, setTimeout } from 'node:timers';

import { openServiceLog } from '../../dist/src/http/log/service-log.js';

const LINES = 24_000;

const { logger } = await openServiceLog('info');
let number = 0;

function log() {
  logger.info({ number, filler: 'x'.repeat(1000) });
  number += 1;
}

log();
// Where there is room, the first lines are taken; where there is none, it is known by then.
setTimeout(() => {
  while (number < LINES) log();
  process.stderr.write('flooded\n');
  setInterval(log, 10);
}, 500);
process.on('SIGTERM', () => process.exit(0));
