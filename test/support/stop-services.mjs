/** After the last test. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';

import { children, folder } from './start-services.mjs';

export default async function stopServices() {
  for (const child of children.filter(({ exitCode }) => exitCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
}
