/** One connection to one server: TLS, limits of time, and what the server must be like. */
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';

import pg from 'pg';

import type { PostgresServer, PostgresSettings } from '../../config/postgres-url.js';
import { noteEnding } from './driver-errors.js';

export interface Connection {
  client: pg.Client;
  /** The very object that it was opened with. */
  server: PostgresServer;
}

/** How long the server may take for a statement of a connection. */
export interface Patience {
  statementMs: number;
  /** Settings of the server's for the connection, as on its command line. */
  options?: string;
}

/** From the first packet to the server's greeting. */
const CONNECT_TIMEOUT_MS = 2000;

/** A statement that the server does not stop in time has lost its connection. */
const ANSWER_MARGIN_MS = 1000;

/** How long a statement waits for a row or a table that others hold. */
const LOCK_TIMEOUT_MS = 2000;

/** It has time left then to be told that it waited, and was not slow itself. */
export function toLockTimeout(statementMs: number): number {
  return Math.max(1, Math.min(LOCK_TIMEOUT_MS, Math.floor(statementMs / 2)));
}

/** A transaction of ours is never idle: only where the service is gone. */
const IDLE_IN_TRANSACTION_MS = 10_000;

/** After so long without a word, the system asks whether the other end is there. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * To compile a plan takes longer than most statements here, and what is estimated at much is often
 * little. Of a commit that its standbys do not have, the server only warns (`watchReplication`).
 */
const OPTIONS = '-c jit=off -c standard_conforming_strings=on -c client_min_messages=warning';

/** Throws the driver's error where the server cannot be reached, or refuses us. */
export async function openClient(
  settings: PostgresSettings,
  server: PostgresServer,
  { statementMs, options = '' }: Patience,
): Promise<pg.Client> {
  const config = await toClientConfig(settings, server);
  const client = new pg.Client({
    ...config,
    options: `${config.options!} ${options}`,
    statement_timeout: statementMs,
    query_timeout: statementMs + ANSWER_MARGIN_MS,
    lock_timeout: toLockTimeout(statementMs),
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  });
  // It is told to whoever uses it, too. Without a listener it would end the process.
  client.on('error', noteEnding);
  await client.connect();
  return client;
}

/** How a server is reached; without limits of time for what it is asked then. */
export async function toClientConfig(
  settings: PostgresSettings,
  server: PostgresServer,
): Promise<pg.ClientConfig> {
  return {
    host: server.host,
    port: server.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    ssl: await toTls(settings, server),
    application_name: settings.applicationName,
    options: [settings.options, OPTIONS].filter(Boolean).join(' '),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  };
}

/** Ends it at once, whether the server hears of it or not. */
export function cut(client: pg.Client): void {
  client.connection.stream.destroy();
}

/** The files are read for each connection, so that they can be renewed. */
async function toTls(
  { sslMode, sslRootCert, sslCert, sslKey }: PostgresSettings,
  { host }: PostgresServer,
): Promise<ConnectionOptions | false> {
  if (sslMode === 'disable' || host.startsWith('/')) return false;
  const [ca, cert, key] = await Promise.all([
    readPem('sslrootcert', sslRootCert),
    readPem('sslcert', sslCert),
    readPem('sslkey', sslKey),
  ]);
  return {
    ca,
    cert,
    key,
    rejectUnauthorized: sslMode !== 'require' || ca !== undefined,
    ...(sslMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  };
}

async function readPem(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`'${name}' cannot be read: ${(cause as Error).message}`, { cause });
  });
  // What holds no authority would be taken for none that is trusted.
  if (/^-----BEGIN /m.test(text)) return text;
  throw new Error(`'${name}' is no file of PEM: ${file}`);
}
