/**
 * What the service gives out and wants back, in a form that nobody else can read or make:
 * AES-256-GCM, with a key for each day.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomFillSync,
  type KeyObject,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DAY_SECONDS = 86_400;

/** How many bytes a sealed text has beside its own. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;

/** The days since 1970 until a moment, which is in seconds since then. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS);
}

/** The keys that were made of each secret last. */
const madeKeys = new WeakMap<Buffer, Map<number, KeyObject>>();
const MAX_KEPT_KEYS = 2;

/**
 * The key of a day (RFC 5869): so few texts are sealed with one that a nonce of chance is never met
 * twice.
 */
export function toDailyKey(secret: Buffer, day: number): KeyObject {
  const keys = madeKeys.get(secret) ?? new Map<number, KeyObject>();
  let key = keys.get(day);
  if (key === undefined) {
    const bytes = hkdfSync('sha256', secret, '', `page token, day ${String(day)}`, KEY_BYTES);
    key = createSecretKey(Buffer.from(bytes));
    if (keys.size >= MAX_KEPT_KEYS) keys.clear();
    madeKeys.set(secret, keys.set(day, key));
  }
  return key;
}

/** Chance comes in stock: to ask for it each time takes almost as long as to encrypt. */
const nonces = Buffer.alloc(256 * NONCE_BYTES);
let usedBytes = nonces.length;

function takeNonce(): Buffer {
  if (usedBytes === nonces.length) {
    randomFillSync(nonces);
    usedBytes = 0;
  }
  usedBytes += NONCE_BYTES;
  return nonces.subarray(usedBytes - NONCE_BYTES, usedBytes);
}

/** `scope` is not in the result, and must be the same where it is opened. */
export function seal(plain: Buffer, scope: string, key: KeyObject): Buffer {
  const nonce = takeNonce();
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(scope));
  const sealed = cipher.update(plain);
  // In this mode all of it has come by now.
  cipher.final();
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
}

/** `undefined` for what was not sealed for this scope with this key. */
export function unseal(sealed: Buffer, scope: string, key: KeyObject): Buffer | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(scope));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}
