import { errors, type JWTHeaderParameters, type JWTPayload } from 'jose';

/**
 * What issuers call an access token: RFC 7519 (5.1) and RFC 9068 (2.1). Other types have uses of
 * their own (RFC 8725, 3.11).
 */
const ACCESS_TOKEN_TYPES: readonly unknown[] = ['jwt', 'at+jwt', 'application/at+jwt'];

/**
 * What binds an ID token to the sign-in that it is the outcome of (OpenID Connect Core 1.0,
 * 3.3.2.11).
 */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash'] as const;

/** How an issuer itself says that a token is an ID token: Cognito, Keycloak. */
const ID_TOKEN_MARKS: readonly (readonly [claim: string, value: string])[] = [
  ['token_use', 'id'],
  ['typ', 'id'],
];

/** A token that its issuer signed for this audience, and that was not made to be sent here. */
export class NoAccessToken extends Error {}

/**
 * Throws `NoAccessToken` for what is not an access token. An ID token tells a program who signed
 * in, and lies where an access token must not: in browsers, and in logs.
 */
export function checkUse({ typ }: JWTHeaderParameters, claims: JWTPayload): void {
  const type: unknown = typ;
  if (type !== undefined && !ACCESS_TOKEN_TYPES.includes(fold(type))) {
    throw new NoAccessToken("its type ('typ') is not that of an access token");
  }
  const mark =
    ID_TOKEN_CLAIMS.find((name) => claims[name] !== undefined) ??
    ID_TOKEN_MARKS.find(([name, value]) => fold(claims[name]) === value)?.[0] ??
    // Azure AD B2C, and Keycloak up to 24, write it into access tokens, too; those have scopes,
    // which an ID token never has.
    (claims.nonce !== undefined && !hasScope(claims) ? 'nonce' : undefined);
  if (mark === undefined) return;
  throw new NoAccessToken(`it is an ID token ('${mark}'), and an access token is needed`);
}

function hasScope({ scp, scope }: JWTPayload): boolean {
  return scp !== undefined || scope !== undefined;
}

function fold(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/**
 * Throws for a token that is for others. The claim with the client's id stands in for `aud` where
 * there is none, and never where there is one.
 */
export function checkAudience(
  claims: JWTPayload,
  audiences: readonly string[],
  clientIdClaim: string | undefined,
): void {
  const isNamed = clientIdClaim === undefined || Object.hasOwn(claims, 'aud');
  const name = isNamed ? 'aud' : clientIdClaim;
  if (!Object.hasOwn(claims, name)) {
    throw new errors.JWTClaimValidationFailed('it is missing', claims, name, 'missing');
  }
  const value: unknown = claims[name];
  const named: unknown[] = isNamed && Array.isArray(value) ? value : [value];
  if (audiences.some((audience) => named.includes(audience))) return;
  throw new errors.JWTClaimValidationFailed('it is for others', claims, name, 'check_failed');
}
