/** The service within the test, for what cannot be done from outside: its date, and its insides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import { createApp, type App } from '../../src/app.js';
import { LocalIssuer } from '../../src/auth/local-issuer.js';
import { READ, READ_WRITE } from '../../src/auth/permissions.js';
import { parseConfig, type Config } from '../../src/config/config.js';
import { createLogger } from '../../src/http/log/logger.js';
import { createSend } from './client.js';
import type { TestApp } from './test-app.js';
import { databaseOf } from './test-database.js';

export interface NestApp extends TestApp {
  config: Config;
  app: App;
  /** What was logged so far. */
  logLines: string[];
  close(): Promise<void>;
}

/**
 * The service on a real port and a new database, as `serve.ts` starts it. `register` adds to
 * the server what whoever runs the service might.
 */
export async function startNestApp(
  env: Record<string, string> = {},
  register: (fastify: FastifyInstance) => void = () => undefined,
): Promise<NestApp> {
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'user-statuses-'));
  // Other test files want the processors, too: a query takes as long as it has to.
  const defaults = { PORT: '0', LOG_LEVEL: 'debug', QUERY_TIMEOUT_MS: '10000' };
  const database = await databaseOf(dataDir, env.DATABASE_URL);
  const config = parseConfig({ DATA_DIR: dataDir, ...defaults, ...database.env, ...env });
  const logLines: string[] = [];
  const logger = createLogger(config.logLevel, { write: (line) => logLines.push(line) });
  const app = await createApp(config, logger);
  register(app.nest.getHttpAdapter().getInstance());
  const url = await app.listen();

  const keyFile = join(dataDir, 'local-signing-key.json');
  let token = '';
  let readToken = '';
  if (config.auth.mode === 'local') {
    const issuer = await LocalIssuer.open(keyFile);
    const request = { subject: 'test', lifetimeSeconds: 600 };
    token = await issuer.sign({ ...request, permissions: [READ_WRITE] });
    readToken = await issuer.sign({ ...request, permissions: [READ] });
  }

  return {
    url,
    dataDir,
    database,
    keyFile,
    config,
    app,
    logLines,
    token,
    readToken,
    send: createSend(url, token),
    async close() {
      await app.close();
      if (env.DATA_DIR !== undefined) return;
      await database.drop();
      rmSync(dataDir, { recursive: true });
    },
  };
}
