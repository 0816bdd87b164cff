/** After the last test. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';

import { children, folder } from './services.mjs';
import { programs, removeDatabases } from './start-postgres.mjs';

export default async function stopServices() {
  const running = children.filter(({ exitCode }) => exitCode === null);
  await Promise.all(
    running.map(async (child) => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }),
  );
  await removeDatabases();
  rmSync(folder, { recursive: true });
  rmSync(programs, { recursive: true, force: true });
}
