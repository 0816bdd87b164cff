import { start } from './run.js';

/** What a program found out, by the names that it gave its findings. */
export type Findings = Readonly<Record<string, unknown>>;

/** Runs a program of this folder as its developer would, and returns what it printed. It must end well, without a warning. */
export async function runProgram(name: string, env: Record<string, string>): Promise<Findings> {
  const { code, stdout, stderr } = await start('node', [`test/support/${name}.mjs`], {
    TZ: 'UTC',
    ...env,
  }).finished;
  if (code !== 0 || stderr !== '') {
    throw new Error(`${name} ended with ${String(code)}: ${stderr}`);
  }
  return JSON.parse(stdout) as Findings;
}
