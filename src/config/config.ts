import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { plainToInstance } from 'class-transformer';
import { IsIn, IsObject, validateSync } from 'class-validator';

import {
  Env,
  Flag,
  HostPatterns,
  Integer,
  isLoopback,
  Must,
  parseUrl,
  Seconds,
  TrustedUrl,
  Url,
} from './setting.decorators.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Tokens of an OpenID Connect issuer are accepted. */
export interface OpenIdAuth {
  mode: 'openid';
  issuer: string;
  audience: string;
  jwksUri: URL | undefined;
  /** How long the issuer's keys may be used before they are fetched anew. */
  keysMaxAgeMs: number;
  /** The least time between two fetches that an unknown key id may cause. */
  keysCooldownMs: number;
}

/** Tokens that this service signed itself are accepted, on loopback only. */
interface LocalAuth {
  mode: 'local';
  keyFile: string;
}

/** Where the data is. Another engine is another member of a union by `engine`. */
interface SqliteDatabase {
  engine: 'sqlite';
  file: string;
}

/** How many requests, and how many writes among them, one caller may send in so many seconds. */
export interface RateLimit {
  writes: number;
  requests: number;
  seconds: number;
}

/** Graph's published limits of this resource, for each application. */
const GRAPH_RATE_LIMIT: RateLimit = { writes: 100, requests: 1000, seconds: 20 };
const RATE_LIMIT = /^(\d{1,9})\/(\d{1,9})\/(\d{1,4})$/;
const SQLITE_SCHEME = 'sqlite:';

/**
 * The settings, in the order of docs/configuration.md. What is private here is read through the
 * getters below, which put together what belongs together.
 */
export class Config {
  @Env('HOST', toAddress)
  @Must(
    "HOST '$value' is not loopback, and in local mode the service listens on loopback only: set " +
      'AUTH_ISSUER and AUTH_AUDIENCE to the OpenID Connect issuer whose tokens it shall accept',
    (host: string, { isLocal }: Config) => isLoopback(host) || !isLocal,
  )
  @Must(
    "HOST '$value' is not loopback, and http there is open to whoever listens: set " +
      'TLS_CERT_FILE and TLS_KEY_FILE to a certificate and its key, or PUBLIC_URL to the https ' +
      'URL of the proxy in front, or ALLOW_HTTP=true where the network can be trusted',
    (host: string, { isLocal, isHttpSafe }: Config) => isLoopback(host) || isLocal || isHttpSafe,
  )
  host = '127.0.0.1';

  @Integer('PORT', 0, 65_535) port = 3000;
  @Url('PUBLIC_URL') private publicAddress?: string;
  @HostPatterns('ALLOWED_HOSTS') private hosts: string[] = [];
  @Flag('ALLOW_HTTP') private isHttpAllowed = false;

  @Env('TLS_CERT_FILE')
  @Must('TLS_CERT_FILE needs TLS_KEY_FILE beside it', (_, { tlsKeyFile }: Config) => !!tlsKeyFile)
  private tlsCertFile?: string;

  @Env('TLS_KEY_FILE')
  @Must('TLS_KEY_FILE needs TLS_CERT_FILE beside it', (_, { tlsCertFile }: Config) => !!tlsCertFile)
  private tlsKeyFile?: string;

  /** Whether `/docs` is served. */
  @Flag('DOCS') hasReferencePage = true;

  @Env('DATA_DIR') private dataDir = './data';
  @Env('DATABASE_URL') private databaseUrl?: string;

  @TrustedUrl('AUTH_ISSUER')
  @Must('AUTH_ISSUER needs AUTH_AUDIENCE beside it', (_, { audience }: Config) => !!audience)
  private issuer?: string;

  @Env('AUTH_AUDIENCE')
  @Must('AUTH_AUDIENCE needs AUTH_ISSUER beside it', (_, { issuer }: Config) => !!issuer)
  private audience?: string;

  @TrustedUrl('AUTH_JWKS_URI')
  @Must(
    'AUTH_JWKS_URI needs AUTH_ISSUER and AUTH_AUDIENCE beside it',
    (_, { isLocal }: Config) => !isLocal,
  )
  private jwksUri?: string;

  @Seconds('AUTH_KEYS_MAX_AGE_SECONDS', 1, 86_400) private keysMaxAgeMs = 600_000;
  @Seconds('AUTH_KEYS_COOLDOWN_SECONDS', 1, 3600) private keysCooldownMs = 30_000;
  @Integer('BODY_LIMIT_BYTES', 1024, 16_777_216) bodyLimitBytes = 65_536;

  /** Absent, each format of a batch has a number of its own. */
  @Integer('BATCH_MAX_REQUESTS', 1, 1000) batchMaxRequests?: number;

  @Seconds('REQUEST_TIMEOUT_SECONDS', 1, 3600) requestTimeoutMs = 30_000;
  @Integer('QUERY_TIMEOUT_MS', 10, 60_000) queryTimeoutMs = 1000;
  @Integer('MAX_CONNECTIONS', 1, 1_000_000) maxConnections = 4096;

  /** 0 where one address may have as many as there are. */
  @Integer('MAX_CONNECTIONS_PER_ADDRESS', 0, 1_000_000) maxConnectionsPerAddress = 1024;

  @Env('RATE_LIMIT', parseRateLimit)
  @IsObject({
    message:
      "RATE_LIMIT must be 'off', 'graph', or 'writes/requests/seconds' such as '500/5000/20', " +
      'each at least 1',
  })
  rateLimit?: RateLimit;

  @Env('LOG_LEVEL')
  @IsIn(LOG_LEVELS, { message: 'LOG_LEVEL must be one of $constraint1' })
  logLevel: LogLevel = 'info';

  /** Where callers reach it, without a trailing slash; absent, each request's own Host says. */
  get publicUrl(): string | undefined {
    return parseUrl(this.publicAddress)?.href.replace(/\/+$/, '');
  }

  /**
   * The host names that requests may be for; `*.` in front stands for any below. Absent, any may
   * be. Local mode answers to loopback's besides, but never to any: a page in a browser can have
   * any name lead to loopback.
   */
  get allowedHosts(): readonly string[] | undefined {
    if (!this.isLocal && this.hosts.length === 0) return undefined;
    const publicUrl = parseUrl(this.publicAddress);
    return publicUrl === undefined ? this.hosts : [...this.hosts, publicUrl.hostname];
  }

  get tls(): { certFile: string; keyFile: string } | undefined {
    const { tlsCertFile: certFile, tlsKeyFile: keyFile } = this;
    return certFile && keyFile ? { certFile, keyFile } : undefined;
  }

  @Must('DATABASE_URL must be sqlite:<path of a file>', isFile)
  get database(): SqliteDatabase {
    const inDataDir = `${SQLITE_SCHEME}${join(this.dataDir, 'user-statuses.db')}`;
    return parseDatabaseUrl(this.databaseUrl ?? inDataDir);
  }

  get auth(): OpenIdAuth | LocalAuth {
    const { issuer, audience, keysMaxAgeMs, keysCooldownMs } = this;
    if (issuer === undefined || audience === undefined) {
      return { mode: 'local', keyFile: join(this.dataDir, 'local-signing-key.json') };
    }
    const jwksUri = parseUrl(this.jwksUri);
    return { mode: 'openid', issuer, audience, jwksUri, keysMaxAgeMs, keysCooldownMs };
  }

  private get isLocal(): boolean {
    return this.issuer === undefined && this.audience === undefined;
  }

  /** Off loopback, tokens are on their way over plain http anybody's. */
  private get isHttpSafe(): boolean {
    const isBehindHttps = parseUrl(this.publicAddress)?.protocol === 'https:';
    return this.tlsCertFile !== undefined || isBehindHttps || this.isHttpAllowed;
  }
}

/** Reads `.env`, if there is one, and the environment, which wins. The only reader of either. */
export function loadConfig(): Config {
  return parseConfig({ ...readEnvFile(), ...process.env });
}

function readEnvFile(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw invalid(`.env cannot be read (${(error as Error).message})`);
  }
}

/** Throws one error that names every variable that is wrong. */
export function parseConfig(env: NodeJS.Dict<string>): Config {
  const config = plainToInstance(Config, env, {
    excludeExtraneousValues: true,
    // What is absent leaves the default of its field in place.
    exposeUnsetFields: false,
  });
  const problems = validateSync(config, { skipUndefinedProperties: true }).flatMap(
    ({ constraints = {} }) => Object.values(constraints),
  );
  if (problems.length === 0) return config;
  // Several rules of a setting may have the same sentence: it is said once.
  throw invalid([...new Set(problems)].join('; '));
}

function invalid(problems: string): Error {
  return new Error(`invalid configuration: ${problems}`);
}

/** For `localhost` Fastify would open a second server, to which not all of our limits apply. */
function toAddress(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
}

function parseDatabaseUrl(url: string): SqliteDatabase {
  const file = url.startsWith(SQLITE_SCHEME) ? url.slice(SQLITE_SCHEME.length) : '';
  return { engine: 'sqlite', file };
}

/** A database in memory is gone at exit and cannot keep the promise that a 201 makes. */
function isFile({ file }: SqliteDatabase): boolean {
  return file !== '' && file !== ':memory:' && !file.includes('?');
}

function parseRateLimit(text: string): RateLimit | null | undefined {
  if (text === 'off') return undefined;
  if (text === 'graph') return GRAPH_RATE_LIMIT;
  const [, writes, requests, seconds] = RATE_LIMIT.exec(text)?.map(Number) ?? [];
  return writes && requests && seconds ? { writes, requests, seconds } : null;
}
