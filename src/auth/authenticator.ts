import { Inject, Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';

import { GraphError } from '../errors/graph-error.js';
import { findOtherUse } from './access-token.js';
import { toCaller, type Caller } from './caller.js';
import type { Access } from './permissions.js';
import type { TokenIssuer } from './token-issuer.js';

export const TOKEN_ISSUER = Symbol('TokenIssuer');

/**
 * How many verified tokens are remembered, and how long they may be together. The least recently
 * used goes first.
 */
const MAX_REMEMBERED_TOKENS = 10_000;
const MAX_REMEMBERED_CHARACTERS = 16_777_216;

/** Asymmetric signatures only: with a symmetric one, whoever can verify could also sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

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
      const known = this.remembered.get(readBearerToken(header));
      this.last = { header, known };
    }
    const { known } = this.last;
    if (known !== undefined && this.isCurrent(known)) return known.caller;
    this.last = NOTHING;
    return this.verifyOnce(readBearerToken(header));
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
    let generation: number | undefined;
    const getKey: JWTVerifyGetKey = async (header, input) => {
      const before = issuer.generation();
      const key = await issuer.getKey(header, input);
      const after = issuer.generation();
      // Keys that changed meanwhile may have lost this one: then the token is verified again next
      // time.
      generation = before === undefined || before === after ? after : undefined;
      return key;
    };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: ALGORITHMS,
        clockTolerance: issuer.clockToleranceSeconds,
        requiredClaims: ['exp'],
      });
      const otherUse = findOtherUse(protectedHeader, payload);
      if (otherUse !== undefined) throw invalidToken(otherUse);
      const caller = toCaller(payload, issuer.clockToleranceSeconds);
      if (generation !== undefined) this.remembered.set(token, { caller, generation });
      return caller;
    } catch (error) {
      this.remembered.delete(token);
      if (error instanceof GraphError) throw error;
      throw invalidToken(describeFault(error), error);
    }
  }
}

function readBearerToken(header: string | undefined): string {
  if (header === undefined) {
    throw new GraphError(
      'InvalidAuthenticationToken',
      "Access token is missing: send the header 'Authorization: Bearer <token>'.",
      { headers: { 'WWW-Authenticate': 'Bearer' } },
    );
  }
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw invalidToken("the header is not 'Bearer <token>'");
  return token;
}

/** Throws `Forbidden` without the permission. `caller` is absent where no token is needed. */
export function requirePermission(caller: Caller | undefined, access: Access): void {
  if (access === 'anybody') return;
  if (access.some((permission) => caller?.permissions.has(permission))) return;
  throw new GraphError(
    'Forbidden',
    `The token lacks the permission for this request: it needs ${access.join(' or ')}.`,
    {
      headers: {
        'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${access.join(' ')}"`,
      },
    },
  );
}

function invalidToken(reason: string, cause?: unknown): GraphError {
  return new GraphError('InvalidAuthenticationToken', `Access token is not valid: ${reason}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
    cause,
  });
}

/** Why a token was refused, without a word of the token itself: claims are the caller's text. */
function describeFault(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'it is not valid yet';
    return error.reason === 'missing'
      ? `it has no '${error.claim}' claim`
      : `its '${error.claim}' claim is not the expected one`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not accepted';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature does not fit';
  if (error instanceof errors.JWKSNoMatchingKey) return 'its signing key is not known';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "it names no key ('kid')";
  return 'it is not a signed JWT';
}
