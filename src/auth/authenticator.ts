import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

import { GraphError } from '../errors/graph-error.js';
import { toCaller, type Caller } from './caller.js';
import type { Access } from './permissions.js';
import type { TokenIssuer } from './token-issuer.js';
import { missingToken, noBearerToken, refuseToken } from './token-refusals.js';
import { verifyToken } from './token-verifier.js';

export const TOKEN_ISSUER = Symbol('TokenIssuer');

/**
 * How many verified tokens are remembered, and how long they may be together. The least recently
 * used goes first.
 */
const MAX_REMEMBERED_TOKENS = 10_000;
const MAX_REMEMBERED_CHARACTERS = 16_777_216;

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;

interface Remembered {
  caller: Caller;
  /** The generation of the issuer's keys that vouches for the caller. */
  generation: number;
}

const NOTHING = { header: undefined, known: undefined };

/** Turns an `Authorization` header into a caller, and decides whether the caller may go on. */
@Injectable()
export class Authenticator {
  private readonly remembered = new LRUCache<string, Remembered>({
    max: MAX_REMEMBERED_TOKENS,
    maxSize: MAX_REMEMBERED_CHARACTERS,
    sizeCalculation: (_remembered, token) => token.length,
  });
  /**
   * The header that came last, and what is remembered of it: most callers say the same again, and
   * to compare is quicker than to look up.
   */
  private last: { header: string | undefined; known: Remembered | undefined } = NOTHING;
  private readonly pending = new Map<string, Promise<Caller>>();

  constructor(@Inject(TOKEN_ISSUER) private readonly issuer: TokenIssuer) {}

  /**
   * Who sent the token. Throws `InvalidAuthenticationToken` without a good one; what the caller may
   * do, `requirePermission` says. A token that is remembered is judged at once; only a new one has
   * to be waited for. `undefined` where no token is needed.
   */
  authenticate(
    header: string | undefined,
    access: Access,
  ): Caller | undefined | Promise<Caller | undefined> {
    if (access === 'anybody') return undefined;
    if (header !== this.last.header) {
      const known = this.remembered.get(this.readToken(header));
      this.last = { header, known };
    }
    const { known } = this.last;
    if (known !== undefined && this.isCurrent(known)) return known.caller;
    this.last = NOTHING;
    return this.verifyOnce(this.readToken(header));
  }

  /**
   * A token ends at its expiry, and with the key that signed it, however often it was good before.
   */
  private isCurrent({ caller, generation }: Remembered): boolean {
    return Date.now() / 1000 < caller.expiresAt && generation === this.issuer.generation();
  }

  /** Requests that bring the same new token at the same time wait for one verification. */
  private verifyOnce(token: string): Promise<Caller> {
    let verification = this.pending.get(token);
    if (verification === undefined) {
      verification = this.verify(token).finally(() => this.pending.delete(token));
      this.pending.set(token, verification);
    }
    return verification;
  }

  private async verify(token: string): Promise<Caller> {
    const { issuer } = this;
    try {
      const { claims, generation } = await verifyToken(token, issuer);
      const caller = toCaller(claims, issuer);
      if (generation !== undefined) this.remembered.set(token, { caller, generation });
      return caller;
    } catch (error) {
      this.remembered.delete(token);
      throw refuseToken(token, error, issuer);
    }
  }

  private readToken(header: string | undefined): string {
    if (header === undefined) throw missingToken(this.issuer);
    const token = BEARER.exec(header)?.[1];
    if (token === undefined) throw noBearerToken(this.issuer);
    return token;
  }

  /** Throws `Forbidden` without the permission. `caller` is absent where no token is needed. */
  requirePermission(caller: Caller | undefined, access: Access): void {
    if (access === 'anybody') return;
    if (access.some((permission) => caller?.permissions.has(permission))) return;
    throw new GraphError(
      'Forbidden',
      `The token lacks the permission for this request: it needs ${access.join(' or ')}, in one ` +
        `of the claims ${this.issuer.permissionClaims.map((name) => `'${name}'`).join(', ')}.`,
      {
        headers: {
          'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${access.join(' ')}"`,
        },
      },
    );
  }
}
