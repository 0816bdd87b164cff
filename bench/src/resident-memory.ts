import { readFileSync } from 'node:fs';

import { type Figure } from './requirements.js';

const KIB_BYTES = 1024;
const MB_BYTES = 1_000_000;

export interface Memory {
  residentMb: number;
  peakMb: number;
}

/** Of a process, by the kernel's account (proc_pid_status(5)); `undefined` where there is none. */
export function readMemory(pid: number): Memory | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  const toMb = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) * KIB_BYTES) / MB_BYTES;
  return { residentMb: toMb('VmRSS'), peakMb: toMb('VmHWM') };
}

export function toMemoryFigure(memory: Memory | undefined, occasion: string): Figure {
  if (memory === undefined) return { values: [], detail: 'not to be had on this system' };
  return {
    values: [memory.residentMb],
    detail: `${occasion}; ${memory.peakMb.toFixed(0)} MB at most`,
  };
}
