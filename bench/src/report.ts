/** The one table, for the terminal and for docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { REQUIREMENTS, type Figure, type Figures, type Requirement } from './requirements.js';
import { median } from './rounds.js';

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));
const BEGIN = '<!-- What follows is written by `npm run bench`. -->';
const END = '<!-- Written by hand from here on. -->';

const HEAD = [
  'measure, at 64 connections unless said',
  'median',
  'spread',
  'must',
  'aim',
  'met',
  'of',
];

/** A table of Markdown, its columns as wide as their widest cell, as prettier has them. */
export function toTable([head, ...rows]: readonly (readonly string[])[]): string {
  const widths = head!.map((_, column) =>
    Math.max(3, ...[head!, ...rows].map((cells) => cells[column]!.length)),
  );
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [
    toLine(head!),
    toLine(widths.map((width) => '-'.repeat(width))),
    ...rows.map(toLine),
  ].join('\n');
}

export function toReport(figures: Figures): string {
  return toTable([
    HEAD,
    ...REQUIREMENTS.flatMap((requirement) => {
      const figure = figures[requirement.key];
      return figure === undefined ? [] : [toRow(requirement, figure)];
    }),
  ]);
}

function toRow(requirement: Requirement, { values, detail }: Figure): string[] {
  const { title, unit, better, must, aim } = requirement;
  const sign = better === 'more' ? '≥' : '≤';
  const suffix = unit === 'ratio' ? '' : ` ${unit}`;
  const limits = [`${sign} ${must}${suffix}`, `${sign} ${aim}${suffix}`];
  if (values.length === 0) return [title, '', '', ...limits, 'unknown', detail];

  const value = median(values);
  const digits = unit === 'MB' ? 0 : 2;
  const spread =
    values.length === 1
      ? ''
      : `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
  return [title, `${value.toFixed(digits)}${suffix}`, spread, ...limits, judge(value), detail];

  function judge(value: number): string {
    const isWithin = (limit: number): boolean =>
      better === 'more' ? value >= limit : value <= limit;
    if (isWithin(aim)) return 'aim';
    return isWithin(must) ? 'must' : 'NO';
  }
}

/** Replaces what the last run wrote, and nothing else of the page. */
export function writePage(figures: Figures, machine: readonly [string, string][]): void {
  const page = readFileSync(PAGE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${PAGE} has lost the comments that mark the table`);
  const generated = [
    BEGIN,
    `Measured on ${new Date().toISOString().slice(0, 10)}.`,
    toReport(figures),
    '## The machine',
    toTable([['what', 'which'], ...machine]),
  ].join('\n\n');
  writeFileSync(PAGE, `${page.slice(0, begin)}${generated}\n\n${page.slice(end)}`);
}
