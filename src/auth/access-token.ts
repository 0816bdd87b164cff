import type { JWTHeaderParameters, JWTPayload } from 'jose';

/**
 * What issuers call an access token: RFC 7519 (5.1) and RFC 9068 (2.1). Other types have uses of
 * their own (RFC 8725, 3.11).
 */
const ACCESS_TOKEN_TYPES: readonly unknown[] = ['jwt', 'at+jwt', 'application/at+jwt'];

/**
 * What binds an ID token to the sign-in that it is the outcome of (OpenID Connect Core 1.0, 2 and
 * 3.3.2.11).
 */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash'] as const;

/**
 * Why a token that its issuer signed for this audience was not made to be sent here; `undefined`
 * for an access token. An ID token tells a program who signed in, and lies where an access token
 * must not: in browsers, and in logs.
 */
export function findOtherUse({ typ }: JWTHeaderParameters, claims: JWTPayload): string | undefined {
  const type: unknown = typ;
  const folded = typeof type === 'string' ? type.toLowerCase() : type;
  if (folded !== undefined && !ACCESS_TOKEN_TYPES.includes(folded)) {
    return "its type ('typ') is not that of an access token";
  }
  const claim = ID_TOKEN_CLAIMS.find((name) => claims[name] !== undefined);
  return claim && `it is an ID token ('${claim}'), and an access token is needed`;
}
