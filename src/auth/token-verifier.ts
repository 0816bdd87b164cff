import {
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';

import { checkAudience, checkUse } from './access-token.js';
import { ALGORITHMS } from './signature-algorithms.js';
import type { TokenIssuer } from './token-issuer.js';

/** How many keys of one id are tried. Each costs a verification, also for a forged token. */
const MAX_KEYS_OF_ONE_ID = 4;

interface VerifiedToken {
  claims: JWTPayload;
  /** The generation of the issuer's keys that vouches for the token, where one does. */
  generation: number | undefined;
}

/** What an access token of the issuer says. Throws for any other. */
export async function verifyToken(token: string, issuer: TokenIssuer): Promise<VerifiedToken> {
  let generation: number | undefined;
  const getKey: JWTVerifyGetKey = async (header, input) => {
    const before = issuer.generation();
    try {
      return await issuer.getKey(header, input);
    } finally {
      const after = issuer.generation();
      // Keys that changed meanwhile may have lost this one: then the token is verified again next
      // time.
      generation = before === undefined || before === after ? after : undefined;
    }
  };
  const { payload, protectedHeader } = await verifyByAnyKey(token, getKey, {
    issuer: issuer.issuer,
    algorithms: [...ALGORITHMS],
    clockTolerance: issuer.clockToleranceSeconds,
    requiredClaims: ['exp'],
  });
  checkAudience(payload, issuer.audiences, issuer.clientIdClaim);
  checkUse(protectedHeader, payload);
  return { claims: payload, generation };
}

/** Of several keys with the id that the token names, the one that signed it is found by trying. */
async function verifyByAnyKey(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, getKey, options);
  } catch (error) {
    const isChoice = error instanceof errors.JWKSMultipleMatchingKeys;
    if (!isChoice || decodeProtectedHeader(token).kid === undefined) throw error;
    return await tryKeys(token, error, options);
  }
}

async function tryKeys(
  token: string,
  keys: errors.JWKSMultipleMatchingKeys,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  let left = MAX_KEYS_OF_ONE_ID;
  for await (const key of keys) {
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      left -= 1;
      if (!(error instanceof errors.JWSSignatureVerificationFailed) || left === 0) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
