/** The service and what it is measured against: how each is started, and what is particular about its requests. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { ServerProcess, type Program } from './server-process.js';

const SERVICE = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));
const TOKEN_PROGRAM = fileURLToPath(new URL('../../dist/bundle/token.js', import.meta.url));
const TOKEN_LIFETIME_SECONDS = 86_400;

const PATH = (configuration: string): string =>
  `/deviceManagement/deviceConfigurations/${configuration}/rootCertificate/userStatuses`;
const TYPE = '"@odata.type":"#microsoft.graph.deviceConfigurationUserStatus"';

/** The configuration whose collection most measures use. */
export const CONFIGURATION = 'wifi';

export type BaselineName =
  'bare' | 'ceiling' | 'indexed-bare' | 'indexed-ceiling' | 'stock' | 'cap';
export type TargetName = 'service' | BaselineName;

interface Dialect {
  pathOf: (configuration: string) => string;
  /** What a body begins with, as JSON. */
  firstMember: string;
}

const ROUTED: Dialect = { pathOf: PATH, firstMember: TYPE };

export const DIALECTS: Record<TargetName, Dialect> = {
  service: { ...ROUTED, pathOf: (configuration) => `/v1.0${PATH(configuration)}` },
  bare: ROUTED,
  ceiling: ROUTED,
  'indexed-bare': ROUTED,
  'indexed-ceiling': ROUTED,
  stock: ROUTED,
  cap: {
    pathOf: () => '/odata/v4/device-management/UserStatuses',
    firstMember: `"deviceConfigurationId":"${CONFIGURATION}"`,
  },
};

/** A program, and a database and folder for it that are there before the program is. */
export interface Installation extends Dialect {
  name: TargetName;
  program: Program;
  token: string | undefined;
  /** How many rows its database holds, asked past the program. */
  countRows: () => number | Promise<number>;
  /** What it keeps is gone then. */
  remove: () => void | Promise<void>;
}

export interface Target extends Installation {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

/** The service as it is deployed. Its signing key, and the database if it is a file, lie in `folder`. */
export function toServiceProgram(folder: string, env: Record<string, string> = {}): Program {
  return {
    script: SERVICE,
    flags: ['--enable-source-maps', '--heap-growing-percent=50'],
    folder,
    env: { DATA_DIR: folder, ...env },
  };
}

/** A token of the service whose data lie in this folder. */
export async function createToken(
  folder: string,
  options: readonly string[] = [],
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [TOKEN_PROGRAM, '--lifetime', String(TOKEN_LIFETIME_SECONDS), ...options],
    { cwd: folder, env: { PATH: process.env.PATH, DATA_DIR: folder } },
  );
  return stdout.trim();
}

export async function startTarget(installation: Installation): Promise<Target> {
  const server = await ServerProcess.start(installation.program);
  return { ...installation, url: server.url, pid: server.pid, stop: () => server.stop() };
}

/** Starts all, has them used, stops and removes them. */
export async function withTargets<Names extends string, Result>(
  installations: Record<Names, Installation>,
  use: (targets: Record<Names, Target>) => Promise<Result>,
): Promise<Result> {
  const entries = Object.entries<Installation>(installations);
  const started = await Promise.all(
    entries.map(async ([name, each]) => [name, await startTarget(each)] as const),
  );
  const result = await use(Object.fromEntries(started) as Record<Names, Target>);
  for (const [, target] of started) {
    await target.stop();
    await target.remove();
  }
  return result;
}
