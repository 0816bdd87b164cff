import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import { createApp, type App } from '../../src/app.js';
import { LocalIssuer } from '../../src/auth/local-issuer.js';
import { READ, READ_WRITE } from '../../src/auth/permissions.js';
import { parseConfig, type Config } from '../../src/config/config.js';
import { createLogger } from '../../src/http/logger.js';

/** A response, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  /** As it came. */
  text: string;
  /** Parsed, where it is JSON. */
  body: unknown;
}

export interface TestApp {
  url: string;
  dataDir: string;
  config: Config;
  app: App;
  /** A token that may write, and one that may only read. Empty where an identity provider issues them. */
  token: string;
  readToken: string;
  /** What was logged so far. */
  logLines: string[];
  /** Sends with the writing token and JSON, unless `headers` say otherwise; `null` takes a header away. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string | null>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * The service on a real port and a new database file, as `serve.ts` starts it. `register` adds to
 * the server what whoever runs the service might.
 */
export async function startTestApp(
  env: Record<string, string> = {},
  register: (fastify: FastifyInstance) => void = () => undefined,
): Promise<TestApp> {
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'user-statuses-'));
  // Other test files want the processors, too: a query takes as long as it has to.
  const defaults = { PORT: '0', LOG_LEVEL: 'debug', QUERY_TIMEOUT_MS: '10000' };
  const config = parseConfig({ DATA_DIR: dataDir, ...defaults, ...env });
  const logLines: string[] = [];
  const logger = createLogger(config.logLevel, { write: (line) => logLines.push(line) });
  const app = await createApp(config, logger);
  register(app.nest.getHttpAdapter().getInstance());
  const url = await app.listen();

  let token = '';
  let readToken = '';
  if (config.auth.mode === 'local') {
    const issuer = await LocalIssuer.open(config.auth.keyFile);
    const request = { subject: 'test', lifetimeSeconds: 600 };
    token = await issuer.sign({ ...request, permissions: [READ_WRITE] });
    readToken = await issuer.sign({ ...request, permissions: [READ] });
  }

  return {
    url,
    dataDir,
    config,
    app,
    token,
    readToken,
    logLines,
    async send(method, path, body, headers = {}) {
      const sent = new Headers({ authorization: `Bearer ${token}` });
      if (body !== undefined) sent.set('content-type', 'application/json');
      for (const [name, value] of Object.entries(headers)) {
        if (value === null) sent.delete(name);
        else sent.set(name, value);
      }
      const isText = typeof body === 'string' || body instanceof Uint8Array;
      return readAnswer(
        await fetch(path.startsWith('http') ? path : url + path, {
          method,
          headers: sent,
          ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
        }),
      );
    },
    async close() {
      await app.close();
      if (env.DATA_DIR === undefined) rmSync(dataDir, { recursive: true });
    },
  };
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
