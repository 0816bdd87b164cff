import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';

import { READ_PERMISSIONS, type Permission } from './permissions.js';
import type { TokenIssuer } from './token-issuer.js';

const ALGORITHM = 'ES256';
/** Readable and writable by the owner alone. */
const KEY_FILE_MODE = 0o600;
const ISSUER = 'urn:user-statuses:local';
const AUDIENCE = 'urn:user-statuses';

export interface TokenRequest {
  permissions: readonly Permission[];
  subject: string;
  lifetimeSeconds: number;
}

/** The service as its own issuer: one ES256 key in the data folder signs every token that is accepted. */
export class LocalIssuer implements TokenIssuer {
  readonly issuer = ISSUER;
  readonly audience = AUDIENCE;

  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly keyId: string,
    readonly getKey: JWTVerifyGetKey,
  ) {}

  /** Reads the key, or makes it where there is none. Two processes that start at once end with the same one. */
  static async open(keyFile: string): Promise<LocalIssuer> {
    const jwk = readKey(keyFile) ?? (await createKey(keyFile));
    try {
      const privateKey = await importJWK(jwk, ALGORITHM);
      if (privateKey instanceof Uint8Array || privateKey.type !== 'private') throw new TypeError();
      const publicJwk = { ...jwk };
      delete publicJwk.d;
      const kid = await calculateJwkThumbprint(publicJwk);
      const keys = createLocalJWKSet({ keys: [{ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' }] });
      return new LocalIssuer(privateKey, kid, keys);
    } catch (cause) {
      throw new Error(
        `the signing key in '${keyFile}' is not usable: move the file away and a new key is made`,
        { cause },
      );
    }
  }

  /** The key is read once, at start, and never changes. */
  generation(): number {
    return 0;
  }

  async sign(request: TokenRequest): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ roles: [...request.permissions] })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.keyId, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(request.subject)
      .setIssuedAt(now)
      .setExpirationTime(now + request.lifetimeSeconds)
      .sign(this.privateKey);
  }
}

/** What a token of `npm run token` may do unless it is asked to be read-only. */
export const ALL_PERMISSIONS: readonly Permission[] = READ_PERMISSIONS;

function readKey(keyFile: string): JWK | undefined {
  let text: string;
  try {
    text = readFileSync(keyFile, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`the signing key '${keyFile}' cannot be read (${(error as Error).message})`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text) as JWK;
  } catch (cause) {
    throw new Error(
      `the signing key in '${keyFile}' is not usable: move the file away and a new key is made`,
      { cause },
    );
  }
}

async function createKey(keyFile: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);

  mkdirSync(dirname(keyFile), { recursive: true });
  const draft = `${keyFile}.${String(process.pid)}`;
  const file = openSync(draft, 'wx', KEY_FILE_MODE);
  try {
    writeSync(file, `${JSON.stringify(jwk)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // A link appears whole or not at all, and fails where another process was first.
    linkSync(draft, keyFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readKey(keyFile) ?? jwk;
}
