/** What is said to whoever has no good token, and what the log is told of the token. */
import { decodeJwt, decodeProtectedHeader, errors } from 'jose';

import { GraphError } from '../errors/graph-error.js';
import { NoAccessToken } from './access-token.js';
import type { TokenIssuer } from './token-issuer.js';

/** The most that the log is told of a claim, and of how many audiences. */
const MAX_CLAIM_LENGTH = 128;
const MAX_AUDIENCES = 8;

/** What a token says of itself, and nobody vouches for. */
interface TokenTraits {
  kid?: string;
  iss?: string;
  aud?: string | string[];
}

export function missingToken({ advice }: TokenIssuer): GraphError {
  const message = "Access token is missing: send the header 'Authorization: Bearer <token>'.";
  return new GraphError('InvalidAuthenticationToken', join(message, advice), {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

export function noBearerToken(issuer: TokenIssuer): GraphError {
  return invalidToken("the header is not 'Bearer <token>'", issuer);
}

/** What was thrown for the token as the answer to its bearer. */
export function refuseToken(token: string, thrown: unknown, issuer: TokenIssuer): GraphError {
  if (thrown instanceof GraphError) return thrown;
  const traits = readTraits(token);
  return invalidToken(describeFault(thrown, traits, issuer), issuer, {
    cause: thrown,
    logged: { token: traits },
  });
}

function invalidToken(
  reason: string,
  { advice }: TokenIssuer,
  more: { cause?: unknown; logged?: Readonly<Record<string, unknown>> } = {},
): GraphError {
  const message = join(`Access token is not valid: ${reason}.`, advice);
  return new GraphError('InvalidAuthenticationToken', message, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${reason}"` },
    ...more,
  });
}

/** Why a token was refused, without a word of the token itself: claims are the caller's text. */
function describeFault(error: unknown, { iss }: TokenTraits, issuer: TokenIssuer): string {
  if (error instanceof NoAccessToken) return error.message;
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'it is not valid yet';
    return error.reason === 'missing'
      ? `it has no '${error.claim}' claim`
      : `its '${error.claim}' claim is not the expected one`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not accepted';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature does not fit';
  if (error instanceof errors.JWKSNoMatchingKey) return issuer.describeUnknownKey(iss);
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "it names no key ('kid')";
  return 'it is not a signed JWT';
}

function readTraits(token: string): TokenTraits {
  const { kid } = readOrNothing(() => decodeProtectedHeader(token));
  const { iss, aud } = readOrNothing(() => decodeJwt(token));
  const audiences = toTexts(aud);
  const [issuer] = toTexts(iss);
  const [keyId] = toTexts(kid);
  return {
    ...(keyId === undefined ? {} : { kid: keyId }),
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audiences.length === 0 ? {} : { aud: Array.isArray(aud) ? audiences : audiences[0]! }),
  };
}

function readOrNothing(read: () => object): Record<string, unknown> {
  try {
    return read() as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Short enough for a line of the log. */
function toTexts(claim: unknown): string[] {
  const claims: unknown[] = Array.isArray(claim) ? claim.slice(0, MAX_AUDIENCES) : [claim];
  return claims
    .filter((value) => typeof value === 'string')
    .map((value) => value.slice(0, MAX_CLAIM_LENGTH));
}

function join(...sentences: string[]): string {
  return sentences.filter(Boolean).join(' ');
}
