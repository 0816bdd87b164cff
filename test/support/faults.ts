import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** Whether tests run in their full size (`npm run test:faults`), which takes minutes. */
export const IS_FULL = process.env.FAULTS === 'full';

/** A size, a number or a duration: the full one, or else one that fits among the other tests. */
export function sized(full: number, short: number): number {
  return IS_FULL ? full : short;
}

/** What of many random cases is tried on this engine: every other one, and the rest on the other; all where the tests run in full. */
export function shareOf<T>(cases: readonly T[]): T[] {
  const first = TEST_ENGINE === 'sqlite' ? 0 : 1;
  return cases.filter((_, i) => IS_FULL || i % 2 === first);
}

/** Tells what was measured, where the tests run in full. */
export function report(
  what: string,
  times: Readonly<Record<string, readonly number[]>> = {},
): void {
  if (!IS_FULL) return;
  const told = Object.entries(times).map(([name, ms]) => {
    const sorted = [...ms].sort((a, b) => a - b).map(Math.round);
    const median = sorted[Math.floor(sorted.length / 2)];
    return `${name} ${String(median)} (at most ${String(sorted.at(-1))})`;
  });
  process.stderr.write(`  ${[what, ...told].join('; ')}\n`);
}

/** A connection on which anything may happen to either side. */
export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  socket.on('error', () => undefined);
  return socket;
}

/** What a process has in memory, in MiB. Linux alone tells it. */
export function readResidentMiB(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The status of `/health/live`, on a connection of its own. The certificate may be the service's own. */
export async function askLive(
  url: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const { get } = url.startsWith('https') ? https : http;
  const options = { headers, rejectUnauthorized: false, agent: false, timeout: 10_000 };
  return new Promise((resolve, reject) => {
    get(`${url}/health/live`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
