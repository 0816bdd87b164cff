import type { JWTVerifyGetKey } from 'jose';

/** The issuer whose tokens are accepted: its name, its audience, its keys. */
export interface TokenIssuer {
  issuer: string;
  audience: string;
  /** How far its clock and the service's may differ, in seconds. */
  clockToleranceSeconds: number;
  /**
   * Finds the key a token says it was signed with. Throws `JWKSNoMatchingKey` where there is none.
   */
  getKey: JWTVerifyGetKey;
  /**
   * The keys' generation, which changes with every change of the keys, or `undefined` while they
   * are too old to be trusted unasked. What was verified holds within one generation.
   */
  generation(): number | undefined;
}
