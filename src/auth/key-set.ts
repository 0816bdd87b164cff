/** The keys that an issuer publishes (RFC 7517, section 5), without those that cannot be used. */
import { createLocalJWKSet, importJWK, type CryptoKey, type JWK, type JWTVerifyGetKey } from 'jose';

import { fetchDocument, IssuerFault } from './issuer-documents.js';
import { ALGORITHMS } from './signature-algorithms.js';

/** Issuers have two to some tens of them; each is tried when it comes. */
const MAX_KEYS = 256;
const MIN_RSA_BITS = 2048;
/** The most that is told of the id of a key. */
const MAX_SHOWN_LENGTH = 128;

/** For a key that does not say which algorithm it is for: whether it is one shows with any. */
const ALGORITHM_OF_KIND: ReadonlyMap<unknown, string> = new Map([
  ['RSA', 'RS256'],
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
]);

export interface KeySet {
  /** The key that a token names; it throws what jose's `createLocalJWKSet` throws. */
  find: JWTVerifyGetKey;
  /** Sets with the same keys have the same. */
  text: string;
  /** Which keys cannot be used, and why: a sentence for each. */
  faults: readonly string[];
}

/** Throws `IssuerFault`. */
export async function fetchKeySet(url: string): Promise<KeySet> {
  const { keys } = await fetchDocument(url);
  if (!Array.isArray(keys)) throw new IssuerFault(url, "has no list of keys ('keys')");
  if (keys.length > MAX_KEYS) {
    throw new IssuerFault(url, `has more than ${String(MAX_KEYS)} keys`);
  }
  const signing = (keys as unknown[]).filter(isForSignatures);
  const faults = await Promise.all(signing.map(findFault));
  const usable = signing.filter((_key, index) => faults[index] === undefined);
  return {
    find: createLocalJWKSet({ keys: usable }),
    text: JSON.stringify(usable),
    faults: faults.filter((fault) => fault !== undefined),
  };
}

/** Keys for encryption may stand beside them. What is no key at all is none of a signature. */
function isForSignatures(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false;
  const { use = 'sig', key_ops: operations } = key as JWK;
  return use === 'sig' && (!Array.isArray(operations) || operations.includes('verify'));
}

async function findFault(jwk: JWK): Promise<string | undefined> {
  const why = await tryKey(jwk);
  if (why === undefined) return undefined;
  const { kid } = jwk as { kid?: unknown };
  const name = typeof kid === 'string' ? `'${kid.slice(0, MAX_SHOWN_LENGTH)}'` : 'without an id';
  return `the key ${name} ${why}`;
}

async function tryKey(jwk: JWK): Promise<string | undefined> {
  const { kty, crv, alg = ALGORITHM_OF_KIND.get(kty === 'RSA' ? kty : crv) } = jwk;
  if (alg === undefined || !ALGORITHMS.includes(alg)) return 'is of a kind that is not supported';
  try {
    const key = await importJWK(jwk, alg);
    if (key instanceof Uint8Array || key.type !== 'public') return 'is not a public key';
    return isTooShort(key) ? `has less than ${String(MIN_RSA_BITS)} bits` : undefined;
  } catch {
    // What Web Cryptography says is 'Invalid keyData'.
    return 'cannot be read: a part of it is missing or wrong';
  }
}

function isTooShort({ algorithm }: CryptoKey): boolean {
  const { modulusLength = MIN_RSA_BITS } = algorithm as { modulusLength?: number };
  return modulusLength < MIN_RSA_BITS;
}
