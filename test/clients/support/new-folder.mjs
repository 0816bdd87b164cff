import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, for as long as the process runs, however it ends. */
export function newFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `user-statuses-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
