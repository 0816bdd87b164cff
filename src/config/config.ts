import { join } from 'node:path';

import { instanceToPlain, plainToInstance } from 'class-transformer';
import { IsIn, IsObject, validateSync } from 'class-validator';

import { DatabaseUrl, isFile, parseDatabaseUrl, type DatabaseSettings } from './database-url.js';
import { readEnvFile } from './env-file.js';
import { warnOfNearNames } from './near-names.js';
import {
  Env,
  Flag,
  HostPatterns,
  Integer,
  isLoopback,
  List,
  Must,
  Origins,
  parseUrl,
  parseUrlWithQuery,
  Path,
  Seconds,
  Trusted,
  Url,
  UrlWithQuery,
} from './setting.decorators.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Tokens of an OpenID Connect issuer are accepted. */
export interface OpenIdAuth {
  mode: 'openid';
  issuer: string;
  /** A token is for one of these. */
  audiences: readonly string[];
  jwksUri: URL | undefined;
  /** The claim that says whom a token is for where it has no `aud`. */
  clientIdClaim: string | undefined;
  /** Claims that hold permissions, besides those that are looked at anyway. */
  permissionClaims: readonly string[];
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

/** How many requests, and how many writes among them, one caller may send in so many seconds. */
export interface RateLimit {
  writes: number;
  requests: number;
  seconds: number;
}

/** Graph's published limits of this resource, for each application. */
const GRAPH_RATE_LIMIT: RateLimit = { writes: 100, requests: 1000, seconds: 20 };
const RATE_LIMIT = /^(\d{1,9})\/(\d{1,9})\/(\d{1,4})$/;
/** Of a claim, or of a path to one: it stands in messages, in quotes and without. */
const CLAIM_NAME = /^[!#-&(-[\]-~]{1,256}$/;
const MAX_CLAIMS = 16;

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
  /** `*` alone for any. */
  @Origins('CORS_ORIGINS') corsOrigins: string[] = [];

  @Flag('ALLOW_HTTP') private isHttpAllowed = false;

  @Env('TLS_CERT_FILE')
  @Must('TLS_CERT_FILE needs TLS_KEY_FILE beside it', (_, { tlsKeyFile }: Config) => !!tlsKeyFile)
  private tlsCertFile?: string;

  @Env('TLS_KEY_FILE')
  @Must('TLS_KEY_FILE needs TLS_CERT_FILE beside it', (_, { tlsCertFile }: Config) => !!tlsCertFile)
  private tlsKeyFile?: string;

  /** Whether `/docs` is served. */
  @Flag('DOCS') hasReferencePage = true;

  @Path('DATA_DIR')
  @Must(
    "DATA_DIR '$value' has a '?', which a database file must not: set DATABASE_URL",
    (folder: string, { databaseUrl }: Config) => databaseUrl !== undefined || isFile(folder),
  )
  private dataDir = './data';

  @DatabaseUrl('DATABASE_URL') private databaseUrl?: string;

  /** The most connections to a database that has a server. */
  @Integer('DATABASE_POOL_SIZE', 8, 1000) databasePoolSize = 16;

  @Url('AUTH_ISSUER')
  @Trusted('AUTH_ISSUER')
  @Must('AUTH_ISSUER needs AUTH_AUDIENCE beside it', (_, { audiences }: Config) => !!audiences)
  private issuer?: string;

  @List('AUTH_AUDIENCE')
  @Must('AUTH_AUDIENCE needs AUTH_ISSUER beside it', (_, { issuer }: Config) => !!issuer)
  @Must('AUTH_AUDIENCE must name one audience at least', (names: string[]) => names.length > 0)
  private audiences?: string[];

  @UrlWithQuery('AUTH_JWKS_URI')
  @Trusted('AUTH_JWKS_URI')
  @Must(
    'AUTH_JWKS_URI needs AUTH_ISSUER and AUTH_AUDIENCE beside it',
    (_, { isLocal }: Config) => !isLocal,
  )
  private jwksUri?: string;

  @Env('AUTH_CLIENT_ID_CLAIM')
  @Must('AUTH_CLIENT_ID_CLAIM must be the name of a claim, such as client_id', (name: string) =>
    CLAIM_NAME.test(name),
  )
  @Must(
    'AUTH_CLIENT_ID_CLAIM needs AUTH_ISSUER and AUTH_AUDIENCE beside it',
    (_, { isLocal }: Config) => !isLocal,
  )
  private clientIdClaim?: string;

  @List('AUTH_PERMISSION_CLAIMS')
  @Must(
    `AUTH_PERMISSION_CLAIMS must be a list of at most ${String(MAX_CLAIMS)} claims, or paths to ` +
      'them, with commas between them, such as realm_access.roles',
    (names: string[]) => names.length <= MAX_CLAIMS && names.every((name) => CLAIM_NAME.test(name)),
  )
  @Must(
    'AUTH_PERMISSION_CLAIMS needs AUTH_ISSUER and AUTH_AUDIENCE beside it',
    (names: string[], { isLocal }: Config) => names.length === 0 || !isLocal,
  )
  private permissionClaims: string[] = [];

  @Seconds('AUTH_KEYS_MAX_AGE_SECONDS', 1, 86_400) private keysMaxAgeMs = 600_000;
  @Seconds('AUTH_KEYS_COOLDOWN_SECONDS', 1, 3600) private keysCooldownMs = 30_000;
  @Integer('BODY_LIMIT_BYTES', 1024, 16_777_216) bodyLimitBytes = 65_536;

  /** Absent, each format of a batch has a number of its own. */
  @Integer('BATCH_MAX_REQUESTS', 1, 1000) batchMaxRequests?: number;

  @Seconds('REQUEST_TIMEOUT_SECONDS', 1, 3600) requestTimeoutMs = 30_000;
  @Seconds('KEEP_ALIVE_SECONDS', 1, 3600) keepAliveMs = 72_000;

  /** How long it takes requests on, no longer ready, once it is told to stop. */
  @Seconds('DRAIN_DELAY_SECONDS', 0, 3600) drainDelayMs = 0;

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

  /** What is certainly a mistake, but no fault of a setting: for the log. */
  warnings: readonly string[] = [];

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

  get database(): DatabaseSettings {
    return this.databaseUrl === undefined
      ? { engine: 'sqlite', file: join(this.dataDir, 'user-statuses.db') }
      : parseDatabaseUrl(this.databaseUrl);
  }

  get auth(): OpenIdAuth | LocalAuth {
    const { issuer, audiences, clientIdClaim, permissionClaims } = this;
    if (issuer === undefined || audiences === undefined) {
      return { mode: 'local', keyFile: join(this.dataDir, 'local-signing-key.json') };
    }
    const jwksUri = parseUrlWithQuery(this.jwksUri);
    const { keysMaxAgeMs, keysCooldownMs } = this;
    const claims = { audiences, clientIdClaim, permissionClaims };
    return { mode: 'openid', issuer, jwksUri, ...claims, keysMaxAgeMs, keysCooldownMs };
  }

  private get isLocal(): boolean {
    return this.issuer === undefined && this.audiences === undefined;
  }

  /** Off loopback, tokens are on their way over plain http anybody's. */
  private get isHttpSafe(): boolean {
    const isBehindHttps = parseUrl(this.publicAddress)?.protocol === 'https:';
    return this.tlsCertFile !== undefined || isBehindHttps || this.isHttpAllowed;
  }
}

/** Reads `.env`, if there is one, and the environment, which wins. The only reader of either. */
export function loadConfig(): Config {
  const { settings, warnings } = readEnvFile();
  return parseConfig({ ...settings, ...process.env }, warnings);
}

/**
 * Throws one error that names every variable that is wrong, and the warnings, which may be why.
 */
export function parseConfig(env: NodeJS.Dict<string>, warnings: readonly string[] = []): Config {
  const config = plainToInstance(Config, env, {
    excludeExtraneousValues: true,
    // What is absent leaves the default of its field in place.
    exposeUnsetFields: false,
  });
  config.warnings = [...warnings, ...warnOfNearNames(env, namesOf(config))];
  const problems = validateSync(config, { skipUndefinedProperties: true }).flatMap(
    ({ constraints = {} }) => Object.values(constraints),
  );
  if (problems.length === 0) return config;
  // Several rules of a setting may have the same sentence: it is said once.
  const faults = new Set([...problems, ...config.warnings]);
  throw new Error(`invalid configuration: ${[...faults].join('; ')}`);
}

function namesOf(config: Config): string[] {
  return Object.keys(instanceToPlain(config, { excludeExtraneousValues: true }));
}

/** For `localhost` Fastify would open a second server, to which not all of our limits apply. */
function toAddress(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
}

function parseRateLimit(text: string): RateLimit | null | undefined {
  if (text === 'off') return undefined;
  if (text === 'graph') return GRAPH_RATE_LIMIT;
  const [, writes, requests, seconds] = RATE_LIMIT.exec(text)?.map(Number) ?? [];
  return writes && requests && seconds ? { writes, requests, seconds } : null;
}
