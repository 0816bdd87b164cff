/** Rounds A B A B …: what the machine does meanwhile comes to all alike. */
import { type LoadResult } from './load.js';
import { type Pace } from './pace.js';
import { showProgress } from './progress.js';

export type Contender = (seconds: number) => Promise<LoadResult>;

/** The results of each contender, by round, after a warm-up of each that does not count. */
export async function runRounds<Names extends string>(
  title: string,
  contenders: Record<Names, Contender>,
  { rounds, seconds, warmUpSeconds }: Pace,
): Promise<Record<Names, LoadResult[]>> {
  const entries = Object.entries<Contender>(contenders) as [Names, Contender][];
  const results = Object.fromEntries(entries.map(([name]) => [name, [] as LoadResult[]])) as Record<
    Names,
    LoadResult[]
  >;
  for (const [, run] of entries) await run(warmUpSeconds);
  for (let round = 1; round <= rounds; round += 1) {
    const shown: string[] = [];
    for (const [name, run] of entries) {
      const result = await run(seconds);
      results[name].push(result);
      shown.push(`${name} ${Math.round(result.perSecond).toLocaleString('en')}/s`);
    }
    showProgress(`${title}, round ${round} of ${rounds}: ${shown.join(', ')}`);
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** One ratio for each round, of what was measured one after the other. */
export function toRatios(
  of: readonly LoadResult[],
  against: readonly LoadResult[],
  figure: keyof LoadResult,
): number[] {
  return of.map((result, round) => result[figure] / against[round]![figure]);
}

/** `12,300/s against 4,100/s`, in medians. */
export function describeRates(of: readonly LoadResult[], against: readonly LoadResult[]): string {
  const [a, b] = [of, against].map((results) =>
    Math.round(median(results.map(({ perSecond }) => perSecond))).toLocaleString('en'),
  );
  return `${a}/s against ${b}/s`;
}

export function describeTimes(of: readonly number[], against: readonly number[]): string {
  return `${median(of).toFixed(2)} ms against ${median(against).toFixed(2)} ms`;
}
