/** The table of figures, for the terminal and for docs/performance.md. */
import { type EngineName } from './engines/engine.js';
import { toRequirements, type Figure, type Figures, type Requirement } from './requirements.js';
import { median } from './rounds.js';

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

export function toReport(figures: Figures, engine: EngineName): string {
  return toTable([
    HEAD,
    ...toRequirements(engine).flatMap((requirement) => {
      const figure = figures[requirement.key];
      return figure === undefined ? [] : [toRow(requirement, figure)];
    }),
  ]);
}

function toRow(requirement: Requirement, { values, detail }: Figure): string[] {
  const { title, unit, better, must, aim } = requirement;
  const sign = better === 'more' ? '≥' : '≤';
  const suffix = unit === 'ratio' || unit === 'number' ? '' : ` ${unit}`;
  const limits = [must, aim].map((limit) =>
    limit === undefined ? '' : `${sign} ${limit}${suffix}`,
  );
  if (values.length === 0) return [title, '', '', ...limits, 'unknown', detail];

  const value = median(values);
  const digits = unit === 'ratio' || unit === 'ms' ? 2 : 0;
  const spread =
    values.length === 1
      ? ''
      : `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
  return [title, `${value.toFixed(digits)}${suffix}`, spread, ...limits, judge(value), detail];

  function judge(value: number): string {
    if (must === undefined || aim === undefined) return '';
    const isWithin = (limit: number): boolean =>
      better === 'more' ? value >= limit : value <= limit;
    if (isWithin(aim)) return 'aim';
    return isWithin(must) ? 'must' : 'NO';
  }
}
