import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './run.js';

/** The blocks of one language on a page, in their order. */
export function readBlocks(page: string, language: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    (match) => match[1]!,
  );
}
