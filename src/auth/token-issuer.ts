import type { JWTVerifyGetKey } from 'jose';

/** The issuer whose tokens are accepted: its name, its keys, and what its tokens say where. */
export interface TokenIssuer {
  issuer: string;
  /** A token must be for one of these. */
  audiences: readonly string[];
  /** The claim that says whom a token is for where it has no `aud`, if there is one. */
  clientIdClaim: string | undefined;
  /** The claims that hold permissions: names, or paths with dots. */
  permissionClaims: readonly string[];
  /** How far its clock and the service's may differ, in seconds. */
  clockToleranceSeconds: number;
  /** What whoever has no good token is told to do, as a sentence; empty where it is not known. */
  advice: string;
  /**
   * Finds the key a token says it was signed with. Throws `JWKSNoMatchingKey` where there is none,
   * and `JWKSMultipleMatchingKeys`, with the keys, where there are several.
   */
  getKey: JWTVerifyGetKey;
  /** Why there is no key for a token that says that it is of this issuer. */
  describeUnknownKey(issuer: unknown): string;
  /**
   * The keys' generation, which changes with every change of the keys, or `undefined` while they
   * are too old to be trusted unasked. What was verified holds within one generation.
   */
  generation(): number | undefined;
}
