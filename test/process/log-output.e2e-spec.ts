/** A log that cannot be written never stops the service, and never keeps it from stopping. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ROOT, SERVICE, startService } from '../support/run.js';
import {
  findPort,
  onTerminal,
  piped,
  redirected,
  type Launch,
  type Launched,
} from '../support/stdout-forms.js';

/** The lines of so many requests are more than a pipe or a terminal holds. */
const REQUESTS = 600;
const FLOOD = ['test/support/log-flood.mjs'];
const STOP_TIMEOUT_MS = 10_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The statuses of many requests, or what went wrong with one. */
async function askOften(port: string): Promise<Set<unknown>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = () =>
    new Promise<unknown>((resolve) => {
      const options = { port, host: '127.0.0.1', path: '/health/live', agent, timeout: 5000 };
      const request = get(options, (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode);
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', ({ message }) => {
        resolve(message);
      });
    });
  const answers = await Promise.all(Array.from({ length: REQUESTS }, ask));
  agent.destroy();
  return new Set(answers);
}

async function untilLive(port: string): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/live`, {
      signal: AbortSignal.timeout(2000),
    }).catch(() => undefined);
    if (answer?.ok === true) return;
    await setTimeout(50);
  }
}

/** How it ended, or what was needed to end it. */
async function stop({ pid, ended }: Launched): Promise<number | string> {
  process.kill(pid, 'SIGTERM');
  const late = setTimeout(STOP_TIMEOUT_MS, 'not within ten seconds', { ref: false });
  const end = await Promise.race([ended, late]);
  if (typeof end === 'string') {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  return end;
}

describe('it serves on and stops in order, where standard output', () => {
  it.each<[string, Launch, boolean]>([
    ['is on a full disk', redirected('>/dev/full'), false],
    ['is closed', redirected('>&-'), false],
    ['is a pipe that nobody reads', piped({}), false],
    ['is a pipe that was full at the start', piped({ isFull: true }), false],
    ['is a full one that does not block', piped({ isFull: true, isNonBlocking: true }), false],
    ['is a pipe whose reader was gone at the start', piped({ isLeft: true }), false],
    ['is a pipe whose reader goes', piped({}), true],
    ['is a terminal that is stopped', onTerminal('SIGSTOP'), true],
    ['is a terminal that goes', onTerminal('SIGKILL'), true],
  ])('%s', async (_form, launch, isSpoilt) => {
    const port = await findPort();
    const { PATH } = process.env;
    const service = launch({ PATH, DATA_DIR: folder, PORT: port }, folder);
    await untilLive(port);
    if (isSpoilt) service.spoil();
    const answers = await askOften(port);
    const end = await stop(service);

    expect({ answers: [...answers], end }).toEqual({ answers: [200], end: 0 });
    expect(service.stderr()).toBe('');
  });
});

/** The lines of the flood: their numbers, and how many were lost where. */
interface Flooded {
  number?: number;
  lost?: number;
}

describe('lines beyond what may wait are dropped, counted and told once, where standard output', () => {
  /** Until there is a line behind the one that tells of the loss. */
  async function readFlood(read: () => string): Promise<Flooded[]> {
    let text = '';
    for (;;) {
      text += read();
      if (/"lost":\d+[^\n]*\n[^\n]+\n/.test(text.slice(-100_000))) break;
      await setTimeout(1);
    }
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
    return lines.map((line) => JSON.parse(line) as Flooded);
  }

  function check(lines: readonly Flooded[]): void {
    const at = lines.findIndex(({ lost }) => lost !== undefined);
    const lost = lines[at]!.lost!;
    const numbers = lines.filter(({ number }) => number !== undefined).map(({ number }) => number);

    expect(lost).toBeGreaterThan(0);
    expect(lines.filter((line) => line.lost !== undefined)).toHaveLength(1);
    expect(numbers).toEqual(numbers.map((_, i) => (i < at ? i : i + lost)));
  }

  it('is a pipe whose reader stalls for a time', async () => {
    const path = join(folder, 'log');
    const flood = piped({})({ PATH: process.env.PATH }, folder, FLOOD);
    while (!flood.stderr().includes('flooded')) await setTimeout(20);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const lines = await readFlood(() => readSome(reader));
    closeSync(reader);
    await stop(flood);

    check(lines);
  });

  it('is a file on a disk that is full for a time', async () => {
    const path = join(folder, 'log');
    // The limit of a file's size stands for that of the disk.
    const limited = redirected(`>>${path}`, 'ulimit -S -f 100; ');
    const flood = limited({ PATH: process.env.PATH }, folder, FLOOD);
    while (!flood.stderr().includes('flooded')) await setTimeout(20);
    execFileSync('prlimit', ['--pid', String(flood.pid), '--fsize=unlimited:']);
    let at = 0;
    const lines = await readFlood(() => {
      const text = readFileSync(path).subarray(at).toString();
      at += text.length;
      return text;
    });
    await stop(flood);

    check(lines);
  });
});

function readSome(descriptor: number): string {
  const buffer = Buffer.alloc(1_048_576);
  try {
    return buffer.toString('latin1', 0, readSync(descriptor, buffer));
  } catch {
    // Nothing is there now.
    return '';
  }
}

describe('it says why it does not start, or at least ends with 1, where standard error', () => {
  it.each<[string, string]>([
    ['is on a full disk', '2>/dev/full'],
    ['is closed', '2>&-'],
    ['is, with standard output, on a full disk', '>/dev/full 2>&1'],
  ])('%s', async (_form, redirection) => {
    const { PATH } = process.env;
    const service = redirected(redirection)({ PATH, DATA_DIR: folder, PORT: 'none' }, folder);

    expect(await service.ended).toBe(1);
  });
});

it('has the warnings of Node.js in the log, where nothing waits for who reads them', async () => {
  const warning = `data:text/javascript,process.on('SIGUSR2', () => process.emitWarning('CARE'))`;
  const program = ['--import', warning, ...SERVICE];
  const service = await startService({ DATA_DIR: folder }, ROOT, program);
  service.child.kill('SIGUSR2');
  while (!(service.stdout() + service.stderr()).includes('CARE')) await setTimeout(20);
  service.child.kill('SIGTERM');
  const { stdout, stderr } = await service.finished;

  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{"level":40,.*CARE.*\}$/m);
});
