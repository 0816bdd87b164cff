import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  jwksCache,
  type ExportedJWKSCache,
  type JWTVerifyGetKey,
  type JWKSCacheInput,
  type RemoteJWKSet,
} from 'jose';

import type { OpenIdAuth } from '../config/config.js';
import { GraphError } from '../errors/graph-error.js';
import { fetchDocument } from './issuer-documents.js';
import type { TokenIssuer } from './token-issuer.js';

const FETCH_TIMEOUT_MS = 5000;
/** After a failed fetch the issuer is left alone for so long, whatever arrives. */
const FAILURE_PAUSE_MS = 2000;

/**
 * An OpenID Connect issuer: its keys by `AUTH_JWKS_URI`, or by discovery (OpenID Connect Discovery
 * 1.0, section 4) with the first token. Keys are fetched anew when they grow old, and for an
 * unknown key id at most once per cool-down. While the issuer cannot be reached and its keys are
 * not at hand, tokens are answered 503: they may be good.
 */
export class OpenIdIssuer implements TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds = 60;

  private readonly fetched: JWKSCacheInput = {};
  private keys: RemoteJWKSet | undefined;
  private opening: Promise<RemoteJWKSet> | undefined;
  private failedAt = -Infinity;
  private current = { keys: '', generation: 0, fetchedAt: 0 };

  constructor(private readonly auth: OpenIdAuth) {
    this.issuer = auth.issuer;
    this.audience = auth.audience;
  }

  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    if (this.isPausing()) return this.findHeldKey(header, token);
    try {
      this.keys ??= await this.open();
      return await this.keys(header, token);
    } catch (error) {
      if (isTokensFault(error)) throw error;
      this.failedAt = Date.now();
      throw this.unreachable(error);
    }
  };

  generation(): number | undefined {
    const { keys } = this;
    if (keys?.fresh !== true) return undefined;
    this.refreshEarly(keys);

    const { uat, jwks } = this.fetched as ExportedJWKSCache;
    if (uat !== this.current.fetchedAt) {
      const text = JSON.stringify(jwks);
      const isSame = text === this.current.keys;
      const generation = this.current.generation + (isSame ? 0 : 1);
      this.current = { keys: text, generation, fetchedAt: uat };
    }
    return this.current.generation;
  }

  /**
   * Past half their age the keys are fetched beside the requests, so that none has to wait for
   * them.
   */
  private refreshEarly(keys: RemoteJWKSet): void {
    const { uat } = this.fetched as ExportedJWKSCache;
    const isDue = Date.now() - uat > this.auth.keysMaxAgeMs / 2;
    if (!isDue || keys.reloading || this.isPausing()) return;
    keys.reload().catch(() => {
      this.failedAt = Date.now();
    });
  }

  /** Tokens that come while the issuer is being asked wait for the one answer. */
  private open(): Promise<RemoteJWKSet> {
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private async connect(): Promise<RemoteJWKSet> {
    return createRemoteJWKSet(this.auth.jwksUri ?? (await fetchJwksUri(this.issuer)), {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cacheMaxAge: this.auth.keysMaxAgeMs,
      cooldownDuration: this.auth.keysCooldownMs,
      [jwksCache]: this.fetched,
      [customFetch]: fetchDocument,
    });
  }

  /** A clock that was set back must not prolong the pause. */
  private isPausing(): boolean {
    const passed = Date.now() - this.failedAt;
    return passed >= 0 && passed < FAILURE_PAUSE_MS;
  }

  /**
   * Finds a key among those that were fetched, without asking the issuer whatever the token says.
   */
  private readonly findHeldKey: JWTVerifyGetKey = async (header, token) => {
    if (this.keys?.fresh !== true) throw this.unreachable(undefined);
    try {
      return await createLocalJWKSet((this.fetched as ExportedJWKSCache).jwks)(header, token);
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? this.unreachable(error) : error;
    }
  };

  private unreachable(cause: unknown): GraphError {
    return new GraphError(
      'ServiceUnavailable',
      'Tokens cannot be verified now, because their issuer cannot be reached. Try again shortly.',
      { headers: { 'Retry-After': '2' }, cause },
    );
  }
}

/** A fault of the token and not of the issuer: no key, or several, fit the token's header. */
function isTokensFault(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

async function fetchJwksUri(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetchDocument(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}`);
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer) {
    throw new Error(`${url} speaks for the issuer '${String(document.issuer)}', not '${issuer}'`);
  }
  const jwksUri = new URL(String(document.jwks_uri));
  // Keys must not come by a weaker way than the document that names them.
  if (jwksUri.protocol !== 'https:' && new URL(issuer).protocol === 'https:') {
    throw new Error(`${url} names keys at '${jwksUri.href}', which is not https`);
  }
  return jwksUri;
}
