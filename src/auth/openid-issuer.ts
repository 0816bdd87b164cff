import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { errors, type JWTVerifyGetKey } from 'jose';

import type { OpenIdAuth } from '../config/config.js';
import { GraphError } from '../errors/graph-error.js';
import { discoverKeys } from './discovery.js';
import { fetchKeySet, type KeySet } from './key-set.js';
import { Moment } from './moment.js';
import { toPermissionClaims } from './permission-claims.js';
import { RareWarnings } from './rare-warnings.js';
import type { TokenIssuer } from './token-issuer.js';

/** After a failure the issuer is left alone for so long, whatever arrives. */
const FAILURE_PAUSE_MS = 2000;

interface HeldKeys extends KeySet {
  fetchedAt: Moment;
  generation: number;
}

/**
 * An OpenID Connect issuer: its keys by `AUTH_JWKS_URI`, or by discovery. Keys are fetched at the
 * start, anew when they grow old, and for an unknown key id at most once per cool-down, with
 * another look at where they are. While the issuer cannot be reached and its keys are not at hand,
 * tokens are answered 503: they may be good.
 */
export class OpenIdIssuer implements TokenIssuer, OnApplicationBootstrap {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clientIdClaim: string | undefined;
  readonly permissionClaims: readonly string[];
  readonly clockToleranceSeconds = 60;
  readonly advice = '';

  private readonly logger = new Logger();
  private readonly warnings = new RareWarnings(this.logger);
  private keys: HeldKeys | undefined;
  private keysUrl: URL | undefined;
  private asking: Promise<HeldKeys> | undefined;
  private failure: { at: Moment; cause: unknown } | undefined;

  constructor(private readonly auth: OpenIdAuth) {
    this.issuer = auth.issuer;
    this.audiences = auth.audiences;
    this.clientIdClaim = auth.clientIdClaim;
    this.permissionClaims = toPermissionClaims(auth.permissionClaims);
    this.keysUrl = auth.jwksUri;
  }

  /** A wrong issuer shows now, and not with the first token. Nobody waits for it. */
  onApplicationBootstrap(): void {
    this.askBesides();
  }

  readonly getKey: JWTVerifyGetKey = async (header, token) => {
    const { keys } = this;
    if (keys === undefined || this.isOld(keys)) return (await this.ask()).find(header, token);
    try {
      return await keys.find(header, token);
    } catch (error) {
      const isUnknown = error instanceof errors.JWKSNoMatchingKey;
      const isCooling = keys.fetchedAt.elapsedMs() < this.auth.keysCooldownMs;
      if (!isUnknown || isCooling) throw error;
      return (await this.ask()).find(header, token);
    }
  };

  describeUnknownKey(): string {
    return 'its signing key is not known';
  }

  generation(): number | undefined {
    const { keys } = this;
    if (keys === undefined || this.isOld(keys)) return undefined;
    // Past half their age they are fetched beside the requests, so that none has to wait for them.
    const isDue = keys.fetchedAt.elapsedMs() > this.auth.keysMaxAgeMs / 2;
    if (isDue && this.asking === undefined && !this.isPausing()) this.askBesides();
    return keys.generation;
  }

  private isOld({ fetchedAt }: HeldKeys): boolean {
    return fetchedAt.elapsedMs() >= this.auth.keysMaxAgeMs;
  }

  private isPausing(): boolean {
    return this.failure !== undefined && this.failure.at.elapsedMs() < FAILURE_PAUSE_MS;
  }

  /** A failure is told when it happens. */
  private askBesides(): void {
    this.ask().catch(() => undefined);
  }

  /** Tokens that come while the issuer is being asked wait for the one answer. */
  private async ask(): Promise<HeldKeys> {
    if (this.isPausing()) throw unreachable(this.failure?.cause);
    this.asking ??= this.fetchKeys()
      .then(
        (keys) => this.hold(keys),
        (error: unknown) => {
          this.failure = { at: new Moment(), cause: error };
          this.warnings.tell(this.describe(error));
          throw unreachable(error);
        },
      )
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  /** Issuers move their keys: each time they are fetched, discovery says where they are. */
  private async fetchKeys(): Promise<KeySet> {
    const { keysUrl } = this;
    const url = this.auth.jwksUri ?? (await this.rediscover(keysUrl));
    const keys = await fetchKeySet(url.href);
    this.keysUrl = url;
    return keys;
  }

  /** Keys may be there although nobody says any longer that they are. */
  private rediscover(known: URL | undefined): Promise<URL> {
    return discoverKeys(this.issuer).catch((error: unknown) => {
      if (known === undefined) throw error;
      this.warnings.tell(this.describe(error));
      return known;
    });
  }

  private hold(keys: KeySet): HeldKeys {
    const before = this.keys;
    const fetchedAt = new Moment();
    const { generation = 0 } = before ?? {};
    for (const fault of keys.faults) {
      if (before?.faults.includes(fault) === true) continue;
      this.logger.warn(`the issuer's keys (${String(this.keysUrl)}): ${fault}; it is not used`);
    }
    this.keys =
      before?.text === keys.text
        ? { ...before, faults: keys.faults, fetchedAt }
        : { ...keys, fetchedAt, generation: generation + 1 };
    this.failure = undefined;
    return this.keys;
  }

  private describe(error: unknown): string {
    return `the issuer '${this.issuer}' (AUTH_ISSUER) fails: ${(error as Error).message}`;
  }
}

function unreachable(cause: unknown): GraphError {
  return new GraphError(
    'ServiceUnavailable',
    'Tokens cannot be verified now, because their issuer cannot be reached. Try again shortly.',
    { headers: { 'Retry-After': '2' }, cause },
  );
}
