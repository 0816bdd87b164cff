/** The parts of pages that a run writes, between two comments. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { type EngineName } from './engines/engine.js';

const BEGIN: Record<EngineName, string> = {
  sqlite: '<!-- What follows is written by `npm run bench`. -->',
  postgres: '<!-- What follows is written by `npm run bench -- --engine postgres`. -->',
};
const END = '<!-- Written by hand from here on. -->';

/** Replaces what the last run on this engine wrote to a page of `docs`, and nothing else of it. */
export function writeGeneratedPart(
  page: string,
  engine: EngineName,
  paragraphs: readonly string[],
): void {
  const path = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const begin = text.indexOf(BEGIN[engine]);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${path} has lost the comments that mark the table`);
  const generated = [BEGIN[engine], ...paragraphs].join('\n\n');
  writeFileSync(path, `${text.slice(0, begin)}${generated}\n\n${text.slice(end)}`);
}
