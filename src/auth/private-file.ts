/**
 * Files whose content is worth as much as every token: nobody but their owner may have a hand in
 * them. Where modes mean nothing (Windows), nothing is asked of them.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const ANY_ACCESS_OF_OTHERS = 0o077;
const WRITING_OF_OTHERS = 0o022;
const ROOT = 0;

/**
 * The text of the file, which is judged by what was opened and not by its name, behind which there
 * could be another by then. Throws where others may read or write it, or somebody else owns it.
 */
export function readPrivateFile(file: string): string {
  return withOpen(file, (descriptor) => {
    const { mode, uid } = fstatSync(descriptor);
    if (isOfPosix()) {
      requireOwner(`the signing key '${file}'`, uid);
      if ((mode & ANY_ACCESS_OF_OTHERS) !== 0) {
        throw new Error(
          `the signing key '${file}' can be read or changed by others: run chmod 600 ` +
            `'${file}', or delete it, and a new one is made`,
        );
      }
    }
    return readFileSync(descriptor, 'utf8');
  });
}

/**
 * Throws where others may put a file of theirs in the place of the one that lies in this folder.
 */
export function requirePrivateFolderOf(file: string): void {
  if (!isOfPosix()) return;
  const folder = dirname(file);
  withOpen(folder, (descriptor) => {
    const { mode, uid } = fstatSync(descriptor);
    // What is root's is nobody else's.
    if (uid !== ROOT) requireOwner(`the folder '${folder}' of the signing key`, uid);
    if ((mode & WRITING_OF_OTHERS) === 0) return;
    throw new Error(
      `the folder '${folder}' of the signing key can be changed by others: run chmod go-w ` +
        `'${folder}', or set DATA_DIR to another`,
    );
  });
}

function isOfPosix(): boolean {
  return process.getuid !== undefined;
}

function requireOwner(what: string, uid: number): void {
  if (uid === process.getuid?.()) return;
  throw new Error(
    `${what} belongs to somebody else: set DATA_DIR to a folder of the account that runs the ` +
      'service',
  );
}

function withOpen<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
