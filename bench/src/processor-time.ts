import { readdirSync, readFileSync } from 'node:fs';

/** Of the clock that proc_pid_stat(5) counts in, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Where the fields of `/proc/<pid>/stat` are, counted from behind the name of the program. */
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;

/** What a process, its children and those of them that have ended have used, in seconds; `undefined` where nobody tells. */
export function readProcessorSeconds(pid: number): number | undefined {
  try {
    let ticks = readTicks(pid, [UTIME, STIME, CUTIME, CSTIME]);
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      for (const child of children.split(' ').filter(Boolean)) {
        ticks += readTicks(Number(child), [UTIME, STIME]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

function readTicks(pid: number, fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const values = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field]), 0);
}
