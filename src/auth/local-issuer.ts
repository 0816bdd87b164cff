import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

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

import { makeFolder } from '../config/make-folder.js';
import { toPermissionClaims } from './permission-claims.js';
import type { Permission } from './permissions.js';
import { readPrivateFile, requirePrivateFolderOf } from './private-file.js';
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

/**
 * The service as its own issuer: one ES256 key in the data folder signs every token that is
 * accepted.
 */
export class LocalIssuer implements TokenIssuer {
  readonly issuer = ISSUER;
  readonly audiences = [AUDIENCE];
  readonly clientIdClaim = undefined;
  readonly permissionClaims = toPermissionClaims();
  /** There is one clock. */
  readonly clockToleranceSeconds = 0;
  readonly advice: string;

  private constructor(
    /** Where the key lies. */
    readonly folder: string,
    /** Whether there was none before. */
    readonly isKeyNew: boolean,
    private readonly privateKey: CryptoKey,
    private readonly keyId: string,
    readonly getKey: JWTVerifyGetKey,
  ) {
    this.advice =
      "'npm run -s token' prints one that is good here: it must be signed with the key in the " +
      `folder '${folder}' (DATA_DIR).`;
  }

  /**
   * Reads the key, or makes it where there is none. Two processes that start at once end with the
   * same one.
   */
  static async open(keyFile: string): Promise<LocalIssuer> {
    const found = readKey(keyFile);
    const { jwk, isNew } = found ? { jwk: found, isNew: false } : await createKey(keyFile);
    try {
      const privateKey = await importJWK(jwk, ALGORITHM);
      if (privateKey instanceof Uint8Array || privateKey.type !== 'private') throw new TypeError();
      const publicJwk = { ...jwk };
      delete publicJwk.d;
      const kid = await calculateJwkThumbprint(publicJwk);
      const keys = createLocalJWKSet({ keys: [{ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' }] });
      return new LocalIssuer(dirname(resolve(keyFile)), isNew, privateKey, kid, keys);
    } catch (cause) {
      throw unusableKey(keyFile, cause);
    }
  }

  /** The key is read once, at start, and never changes. */
  generation(): number {
    return 0;
  }

  describeUnknownKey(issuer: unknown): string {
    return issuer === ISSUER
      ? 'it is signed with the key of another data folder'
      : 'it is not of this service, which takes its own alone where AUTH_ISSUER is not set';
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

function readKey(keyFile: string): JWK | undefined {
  let text: string;
  try {
    text = readPrivateFile(keyFile);
    requirePrivateFolderOf(keyFile);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // What the system says needs its subject; what we say has one.
    if (code === undefined) throw error;
    throw new Error(`the signing key '${keyFile}' cannot be read (${message})`, { cause: error });
  }
  try {
    return JSON.parse(text) as JWK;
  } catch (cause) {
    throw unusableKey(keyFile, cause);
  }
}

async function createKey(keyFile: string): Promise<{ jwk: JWK; isNew: boolean }> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const draft = `${keyFile}.${randomUUID()}`;
  let isNew: boolean;
  makeFolderOf(keyFile);
  requirePrivateFolderOf(keyFile);
  try {
    writeFileSync(draft, `${JSON.stringify(jwk)}\n`, {
      flag: 'wx',
      mode: KEY_FILE_MODE,
      flush: true,
    });
    isNew = publish(draft, keyFile);
  } catch (cause) {
    throw cannotBeMade(keyFile, cause);
  } finally {
    rmSync(draft, { force: true });
  }
  return { jwk: readKey(keyFile) ?? jwk, isNew };
}

function makeFolderOf(keyFile: string): void {
  try {
    makeFolder(dirname(keyFile));
  } catch (cause) {
    throw cannotBeMade(keyFile, cause);
  }
}

/**
 * A link appears whole or not at all, and fails where another process was first: then it is that
 * one's key.
 */
function publish(draft: string, keyFile: string): boolean {
  try {
    linkSync(draft, keyFile);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems have no links; there a copy that must not overwrite is as near as can be.
    if (code !== 'EPERM' && code !== 'ENOTSUP') throw error;
    copyFileSync(draft, keyFile, constants.COPYFILE_EXCL);
  }
  return true;
}

function cannotBeMade(keyFile: string, cause: unknown): Error {
  return new Error(
    `the signing key '${keyFile}' cannot be made (${(cause as Error).message}): set DATA_DIR ` +
      'to a folder that can be written',
    { cause },
  );
}

function unusableKey(keyFile: string, cause: unknown): Error {
  return new Error(
    `the signing key in '${keyFile}' is not usable: move the file away and a new key is made`,
    { cause },
  );
}
