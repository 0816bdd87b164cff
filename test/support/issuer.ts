import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

export const AUDIENCE = 'api://user-statuses';

export interface SigningKey {
  alg: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** The public half, with its `kid`. */
  jwk: JWK;
}

export async function createSigningKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

/** An issuer of tokens whose keys and claims a test can choose freely: a real server, and no shortcuts past it. */
export class TestIssuer {
  /** How often the keys, and the discovery document, were fetched. */
  keyFetches = 0;
  discoveries = 0;
  /** The published keys, and what is published beside them. */
  keys: SigningKey[] = [];
  strays: unknown[] = [];
  /** Where the keys are, with a query where they have one. */
  keysPath: string;
  /** Set to have the server answer 500 to everything. */
  isBroken = false;
  /** Set to have the server answer in another way where this returns true. */
  answerOtherwise: (url: string, response: ServerResponse) => boolean = () => false;

  private constructor(
    private readonly server: Server,
    private readonly path: string,
    readonly issuer: string,
  ) {
    this.keysPath = `${this.root}/keys`;
  }

  static start(...keys: SigningKey[]): Promise<TestIssuer> {
    return TestIssuer.startAt('', ...keys);
  }

  /** One whose name has a path, with a slash at its end or without. */
  static async startAt(path: string, ...keys: SigningKey[]): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const self = new TestIssuer(server, path, origin + path);
    self.keys = keys;
    server.on('request', (request, response) => {
      const url = request.url ?? '';
      const document = self.answer(url);
      if (self.answerOtherwise(url, response)) return;
      const found = document === undefined ? 404 : 200;
      response.writeHead(self.isBroken ? 500 : found, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    });
    return self;
  }

  get origin(): string {
    return new URL(this.issuer).origin;
  }

  /** The path without a slash at its end. */
  private get root(): string {
    return this.path.replace(/\/$/, '');
  }

  private answer(url: string): object | undefined {
    if (url === `${this.root}/.well-known/openid-configuration`) {
      this.discoveries += 1;
      return { issuer: this.issuer, jwks_uri: this.origin + this.keysPath };
    }
    if (url !== this.keysPath) return undefined;
    this.keyFetches += 1;
    return { keys: [...this.keys.map((key) => key.jwk), ...this.strays] };
  }

  /** Waits until the keys were fetched so often: a service asks for them when it starts. */
  async untilFetched(times: number): Promise<void> {
    for (let i = 0; i < 500 && this.keyFetches < times; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The environment of a service that trusts this issuer. */
  get env(): Record<string, string> {
    return { AUTH_ISSUER: this.issuer, AUTH_AUDIENCE: AUDIENCE };
  }

  /** Claims that are accepted for writing, with some changed; `undefined` takes one away. */
  claims(changes: Record<string, unknown> = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = {
      iss: this.issuer,
      aud: AUDIENCE,
      sub: 'reporter',
      iat: now,
      exp: now + 600,
      roles: ['DeviceManagementConfiguration.ReadWrite.All'],
      ...changes,
    };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }

  async sign(
    changes: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key: SigningKey = this.keys[0]!,
  ): Promise<string> {
    return new SignJWT(this.claims(changes))
      .setProtectedHeader({ alg: key.alg, kid: key.jwk.kid!, ...header })
      .sign(key.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
