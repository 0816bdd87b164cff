const start = performance.now();

/** A line of what goes on, apart from the report. */
export function showProgress(line: string): void {
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stderr.write(`${String(seconds).padStart(5)} s  ${line}\n`);
}
