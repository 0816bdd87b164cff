import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ownProcess } from './leftovers.js';
import { type Load, type LoadResult } from './load.js';

const SCRIPT = fileURLToPath(new URL('../load/requests.lua', import.meta.url));

/** How long the last answers may take. The script ends wrk when they are there. */
const LAST_ANSWERS_SECONDS = 20;

export async function loadByWrk(load: Load): Promise<Omit<LoadResult, 'perSecond'>> {
  const { target, kind, connections, seconds, path, collections, keysFile } = load;
  const duration = Math.ceil(seconds) + LAST_ANSWERS_SECONDS;
  const running = promisify(execFile)(
    'wrk',
    [
      '-t1',
      `-c${connections}`,
      `-d${duration}s`,
      `--timeout=${duration}s`,
      '-s',
      SCRIPT,
      target.url,
    ],
    {
      env: {
        PATH: process.env.PATH,
        KIND: kind,
        TARGET_PATH: path,
        FIRST_MEMBER: target.firstMember,
        CONNECTIONS: String(connections),
        ACTIVE_SECONDS: String(seconds),
        COLLECTIONS: String(collections ?? 1),
        ...(keysFile !== undefined && { KEYS_FILE: keysFile }),
        ...(target.token !== undefined && { TOKEN: target.token }),
      },
    },
  );
  ownProcess(running.child);
  const { stdout } = await running;
  // wrk's own report stands before it.
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1));
}
