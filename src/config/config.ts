import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

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

/** How many requests, and how many writes among them, one caller may send in so many seconds. */
export interface RateLimit {
  writes: number;
  requests: number;
  seconds: number;
}

/** Graph's published limits of this resource, for each application. */
const GRAPH_RATE_LIMIT: RateLimit = { writes: 100, requests: 1000, seconds: 20 };

export interface Config {
  host: string;
  port: number;
  /** Where callers reach the service, without a trailing slash; absent, each request's own Host says it. */
  publicUrl: string | undefined;
  /** The host names that requests may be for, besides loopback in local mode; `*.` in front stands for any below. Absent, any may be. */
  allowedHosts: readonly string[] | undefined;
  database: { engine: 'sqlite'; file: string };
  auth: OpenIdAuth | LocalAuth;
  tls: { certFile: string; keyFile: string } | undefined;
  logLevel: LogLevel;
  /** Whether `/docs` is served. */
  hasReferencePage: boolean;
  bodyLimitBytes: number;
  requestTimeoutMs: number;
  queryTimeoutMs: number;
  maxConnections: number;
  /** 0 where one address may have as many as there are. */
  maxConnectionsPerAddress: number;
  rateLimit: RateLimit | undefined;
}

/** A start that cannot go on, with every reason, in words for whoever runs the service. */
class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`invalid configuration: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;
/** A name or an address, without a port; `*.` in front of a name for all below it. */
const ALLOWED_HOST = /^(?:(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;
const RATE_LIMIT = /^(\d{1,9})\/(\d{1,9})\/(\d{1,4})$/;
const SQLITE_SCHEME = 'sqlite:';

/** One address: for `localhost` Fastify would open a second server, to which not all of our limits apply. */
function toAddress(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
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
    throw new ConfigError([`.env cannot be read (${(error as Error).message})`]);
  }
}

/** Throws one `ConfigError` that names every variable that is wrong. An empty variable counts as absent. */
export function parseConfig(env: NodeJS.Dict<string>): Config {
  const problems: string[] = [];

  function text(name: string): string | undefined {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  }

  function integer(name: string, fallback: number, min: number, max: number): number {
    const value = text(name);
    if (value === undefined) return fallback;
    if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    problems.push(`${name} must be an integer from ${String(min)} to ${String(max)}`);
    return fallback;
  }

  function flag(name: string, fallback: boolean): boolean {
    const value = text(name) ?? String(fallback);
    if (value !== 'true' && value !== 'false') problems.push(`${name} must be 'true' or 'false'`);
    return value === 'true';
  }

  function url(name: string): URL | undefined {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
    if (isWeb && !parsed.search && !parsed.hash && !parsed.username && !parsed.password) {
      return parsed;
    }
    problems.push(`${name} must be an http or https URL without query, fragment or password`);
    return undefined;
  }

  /** A URL that keys or tokens depend on: https, unless nothing leaves the machine. */
  function trustedUrl(name: string): URL | undefined {
    const value = url(name);
    if (value?.protocol === 'http:' && !LOOPBACK.test(value.hostname)) {
      problems.push(`${name} must be an https URL (http is for loopback only)`);
    }
    return value;
  }

  function databasePath(dataDir: string): string {
    const value = text('DATABASE_URL') ?? `${SQLITE_SCHEME}${join(dataDir, 'user-statuses.db')}`;
    const path = value.startsWith(SQLITE_SCHEME) ? value.slice(SQLITE_SCHEME.length) : '';
    // A file that is gone at exit cannot keep the promise a 201 makes.
    if (path === '' || path === ':memory:' || path.includes('?')) {
      problems.push('DATABASE_URL must be sqlite:<path of a file>');
    }
    return path;
  }

  function auth(keyFile: string): OpenIdAuth | LocalAuth {
    const issuer = trustedUrl('AUTH_ISSUER');
    const audience = text('AUTH_AUDIENCE');
    const jwksUri = trustedUrl('AUTH_JWKS_URI');
    const keysMaxAgeMs = 1000 * integer('AUTH_KEYS_MAX_AGE_SECONDS', 600, 1, 86_400);
    const keysCooldownMs = 1000 * integer('AUTH_KEYS_COOLDOWN_SECONDS', 30, 1, 3600);
    const issuerText = text('AUTH_ISSUER');

    if (issuerText === undefined && audience === undefined) {
      if (jwksUri !== undefined) {
        problems.push('AUTH_JWKS_URI needs AUTH_ISSUER and AUTH_AUDIENCE beside it');
      }
      return { mode: 'local', keyFile };
    }
    if (issuerText === undefined) problems.push('AUTH_AUDIENCE needs AUTH_ISSUER beside it');
    if (audience === undefined) problems.push('AUTH_ISSUER needs AUTH_AUDIENCE beside it');
    return {
      mode: 'openid',
      // As written: the `iss` of a token must equal it to the letter, trailing slash and all.
      issuer: issuer === undefined ? '' : (issuerText ?? ''),
      audience: audience ?? '',
      jwksUri,
      keysMaxAgeMs,
      keysCooldownMs,
    };
  }

  /** A page in a browser can have any name lead to loopback: in local mode only names that are named here, and loopback's, are answered to. */
  function allowedHosts(isLocal: boolean, publicUrl: URL | undefined): Config['allowedHosts'] {
    const written = text('ALLOWED_HOSTS')?.toLowerCase().split(',');
    const hosts = (written ?? []).map((host) => host.trim()).filter((host) => host !== '');
    for (const host of hosts) {
      if (ALLOWED_HOST.test(host)) continue;
      problems.push(
        `ALLOWED_HOSTS must not hold '${host}': it is a list of host names with commas between them, such as 'graph.example.com,*.example.net', without ports`,
      );
    }
    if (!isLocal && hosts.length === 0) return undefined;
    return publicUrl === undefined ? hosts : [...hosts, publicUrl.hostname];
  }

  /** Off loopback, tokens are somebody else's, and on their way over plain http anybody's. */
  function requireSafeAddress(host: string, isLocal: boolean, publicUrl: URL | undefined): void {
    const isHttpAllowed = flag('ALLOW_HTTP', false);
    const isEncrypted = text('TLS_CERT_FILE') !== undefined || publicUrl?.protocol === 'https:';
    if (LOOPBACK.test(host)) return;
    if (isLocal) {
      problems.push(
        `HOST '${host}' is not loopback, and in local mode the service listens on loopback only: ` +
          'set AUTH_ISSUER and AUTH_AUDIENCE to the OpenID Connect issuer whose tokens it shall accept',
      );
    } else if (!isEncrypted && !isHttpAllowed) {
      problems.push(
        `HOST '${host}' is not loopback, and http there is open to whoever listens: set TLS_CERT_FILE and TLS_KEY_FILE to a certificate and its key, ` +
          'or PUBLIC_URL to the https URL of the proxy in front, or ALLOW_HTTP=true where the network can be trusted',
      );
    }
  }

  function rateLimit(): RateLimit | undefined {
    const value = text('RATE_LIMIT') ?? 'off';
    if (value === 'off') return undefined;
    if (value === 'graph') return GRAPH_RATE_LIMIT;
    const [, writes, requests, seconds] = RATE_LIMIT.exec(value)?.map(Number) ?? [];
    if (writes && requests && seconds) return { writes, requests, seconds };
    problems.push(
      "RATE_LIMIT must be 'off', 'graph', or 'writes/requests/seconds' such as '500/5000/20', each at least 1",
    );
    return undefined;
  }

  function tls(): Config['tls'] {
    const certFile = text('TLS_CERT_FILE');
    const keyFile = text('TLS_KEY_FILE');
    if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
    if (certFile !== undefined) problems.push('TLS_CERT_FILE needs TLS_KEY_FILE beside it');
    if (keyFile !== undefined) problems.push('TLS_KEY_FILE needs TLS_CERT_FILE beside it');
    return undefined;
  }

  function logLevel(): LogLevel {
    const value = text('LOG_LEVEL') ?? 'info';
    const level = LOG_LEVELS.find((candidate) => candidate === value);
    if (level === undefined) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
    return level ?? 'info';
  }

  const dataDir = text('DATA_DIR') ?? './data';
  const host = toAddress(text('HOST') ?? '127.0.0.1');
  const publicUrl = url('PUBLIC_URL');
  const whoCalls = auth(join(dataDir, 'local-signing-key.json'));
  const isLocal = whoCalls.mode === 'local';
  const config: Config = {
    host,
    port: integer('PORT', 3000, 0, 65_535),
    publicUrl: publicUrl?.href.replace(/\/+$/, ''),
    allowedHosts: allowedHosts(isLocal, publicUrl),
    database: { engine: 'sqlite', file: databasePath(dataDir) },
    auth: whoCalls,
    tls: tls(),
    logLevel: logLevel(),
    hasReferencePage: flag('DOCS', true),
    bodyLimitBytes: integer('BODY_LIMIT_BYTES', 65_536, 1024, 16_777_216),
    requestTimeoutMs: 1000 * integer('REQUEST_TIMEOUT_SECONDS', 30, 1, 3600),
    queryTimeoutMs: integer('QUERY_TIMEOUT_MS', 1000, 10, 60_000),
    rateLimit: rateLimit(),
    maxConnections: integer('MAX_CONNECTIONS', 4096, 1, 1_000_000),
    maxConnectionsPerAddress: integer('MAX_CONNECTIONS_PER_ADDRESS', 1024, 0, 1_000_000),
  };
  requireSafeAddress(host, isLocal, publicUrl);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}
