/** What issuers do with their keys beside the usual, and what is published that is no good key. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

import { holdClocks, passSeconds, releaseDate } from '../support/clock.js';
import { createSigningKey, TestIssuer, type SigningKey } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const DISCOVERY = '/.well-known/openid-configuration';

let issuer: TestIssuer;
let first: SigningKey;
let second: SigningKey;
let app: NestApp;

beforeEach(async () => {
  holdClocks();
  first = await createSigningKey('first', 'ES256');
  second = await createSigningKey('second', 'ES256');
  issuer = await TestIssuer.start(first);
});

afterEach(async () => {
  releaseDate();
  await app.close();
  await issuer.close();
});

async function startService(): Promise<void> {
  app = await startNestApp(issuer.env);
  await issuer.untilFetched(1);
}

async function statusFor(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.send('POST', COLLECTION, userStatus(), headers)).status;
}

function warnings(): string[] {
  return app.logLines
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level }) => level === 40)
    .map(({ msg }) => msg);
}

describe('keys that move', () => {
  beforeEach(startService);

  it('are found where they are now when none fits, though the old ones are still there', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    issuer.answerOtherwise = (url, response) => {
      if (url !== '/keys') return false;
      response.end(JSON.stringify({ keys: [first.jwk] }));
      return true;
    };
    issuer.keysPath = '/moved';
    issuer.keys = [first, second];
    passSeconds(31);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
    expect(issuer.discoveries).toBe(2);
  });

  it('are found where they are now also when they are due to be fetched', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    issuer.answerOtherwise = (url, response) => {
      if (url !== '/keys') return false;
      response.end(JSON.stringify({ keys: [first.jwk] }));
      return true;
    };
    issuer.keysPath = '/moved';
    issuer.keys = [first, second];
    passSeconds(app.config.auth.mode === 'openid' ? app.config.auth.keysMaxAgeMs / 1000 - 1 : 0);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
  });

  it('are found where they are now when nothing is left at the old place', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    issuer.keysPath = '/moved';
    issuer.keys = [second];
    passSeconds(601);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
    expect(await statusFor(await issuer.sign({}, {}, first))).toBe(401);
  });

  it('are looked for once per cool-down, however many keys are unknown', async () => {
    // Those of the start are there: the first that are unknown do not wait for the same.
    expect(await statusFor(await issuer.sign())).toBe(201);
    for (const seconds of [31, 31]) {
      passSeconds(seconds);
      const storm = Array.from({ length: 20 }, (_, i) =>
        issuer.sign({}, { kid: `unknown-${String(i)}` }),
      );
      const statuses = await Promise.all((await Promise.all(storm)).map(statusFor));
      expect(new Set(statuses)).toEqual(new Set([401]));
    }

    expect([issuer.discoveries, issuer.keyFetches]).toEqual([3, 3]);
  });

  it('are taken from where they were while nobody says where they are', async () => {
    issuer.answerOtherwise = (url, response) => {
      if (url !== DISCOVERY) return false;
      response.writeHead(500).end();
      return true;
    };
    issuer.keys = [first, second];
    passSeconds(31);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
    expect(warnings()).toEqual([expect.stringContaining('answers with the status 500')]);
  });

  it('are not taken from where another issuer says', async () => {
    issuer.answerOtherwise = (url, response) => {
      if (url !== DISCOVERY) return false;
      const jwksUri = `${issuer.issuer}/elsewhere`;
      response.end(JSON.stringify({ issuer: 'https://login.example', jwks_uri: jwksUri }));
      return true;
    };
    passSeconds(31);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(401);
    expect(await statusFor(await issuer.sign())).toBe(201);
  });
});

describe('a published key that cannot be used', () => {
  const kid = (what: string): string => `bad \u001b ${what}`;
  const keys: [string, string, () => Promise<object>][] = [
    ['has a certificate alone', 'RS256', () => Promise.resolve({ kty: 'RSA', x5c: ['MIIBIjAN'] })],
    ['is off the curve', 'ES256', () => createPublic('ES256', { y: 'A'.repeat(43) })],
    ['has half a point', 'ES256', () => createPublic('ES256', { y: undefined as never })],
    [
      'is of another curve than its algorithm',
      'ES384',
      () => createPublic('ES256', { alg: 'ES384' }),
    ],
    ['is too short', 'RS256', createShortKey],
    ['is private', 'ES256', createPrivate],
    ['is symmetric', 'HS256', () => Promise.resolve({ kty: 'oct', k: 'c2VjcmV0' })],
    ['is of an unknown kind', 'ES256', () => Promise.resolve({ kty: 'LATTICE' })],
    ['is of an unknown curve', 'ES256', () => createPublic('ES256', { crv: 'constructor' })],
    ['has a kind that is no text', 'ES256', () => Promise.resolve({ kty: { RSA: 1 }, crv: [] })],
  ];

  beforeEach(async () => {
    issuer.strays = [
      { kty: 'RSA' },
      { kty: 'RSA', use: 'enc', n: 'AA', e: 'AQAB', kid: 'for encryption' },
      { kty: 'RSA', key_ops: ['encrypt'], n: 'AA', e: 'AQAB', kid: 'for other operations' },
      null,
      [],
      ...(await Promise.all(
        keys.map(async ([what, , create]) => ({ ...(await create()), kid: kid(what) })),
      )),
    ];
    await startService();
  });

  it('makes no token good that names it, and no other bad', async () => {
    const payload = (await issuer.sign()).split('.')[1]!;
    const statuses = [];
    for (const seconds of [0, 31, 601]) {
      passSeconds(seconds);
      for (const [what, alg] of keys) {
        const header = Buffer.from(JSON.stringify({ alg, kid: kid(what) })).toString('base64url');
        statuses.push([what, await statusFor(`${header}.${payload}.AAAA`)]);
      }
      statuses.push([
        `a good key after ${String(seconds)} s`,
        await statusFor(await issuer.sign()),
      ]);
    }

    expect(statuses.filter(([, status]) => status !== 401)).toEqual([
      ['a good key after 0 s', 201],
      ['a good key after 31 s', 201],
      ['a good key after 601 s', 201],
    ]);
    expect(issuer.keyFetches).toBe(3);
  });

  it('is told once by its id, where it is for signatures', async () => {
    for (const seconds of [0, 601, 601]) {
      passSeconds(seconds);
      await statusFor(await issuer.sign());
    }

    expect(issuer.keyFetches).toBe(3);
    expect(
      warnings().map((line) => /\/keys\): the key (.*); it is not used$/.exec(line)?.[1]),
    ).toEqual([
      'without an id cannot be read: a part of it is missing or wrong',
      `'${kid('has a certificate alone')}' cannot be read: a part of it is missing or wrong`,
      `'${kid('is off the curve')}' cannot be read: a part of it is missing or wrong`,
      `'${kid('has half a point')}' cannot be read: a part of it is missing or wrong`,
      `'${kid('is of another curve than its algorithm')}' cannot be read: a part of it is missing or wrong`,
      `'${kid('is too short')}' has less than 2048 bits`,
      `'${kid('is private')}' is not a public key`,
      `'${kid('is symmetric')}' is of a kind that is not supported`,
      `'${kid('is of an unknown kind')}' is of a kind that is not supported`,
      `'${kid('is of an unknown curve')}' is of a kind that is not supported`,
      `'${kid('has a kind that is no text')}' is of a kind that is not supported`,
    ]);
  });
});

it('a list of too many keys is none', async () => {
  issuer.strays = Array.from({ length: 256 }, () => ({ kty: 'RSA', use: 'enc' }));
  await startService();

  expect(await statusFor(await issuer.sign())).toBe(503);
  expect(warnings()).toContainEqual(expect.stringContaining('has more than 256 keys'));
});

async function createPublic(alg: string, more: JWK = {}): Promise<JWK> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(publicKey)), ...more };
}

async function createPrivate(): Promise<JWK> {
  return exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
}

async function createShortKey(): Promise<JWK> {
  const { publicKey } = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  );
  return exportJWK(publicKey);
}

describe('keys that share an id', () => {
  it('are each tried', async () => {
    const twins = await Promise.all([0, 1, 2].map(() => createSigningKey('twin', 'ES256')));
    const stranger = await createSigningKey('twin', 'ES256');
    issuer.keys = twins;
    await startService();
    const statuses = [];
    for (const key of [...twins, stranger]) {
      statuses.push(await statusFor(await issuer.sign({}, {}, key)));
    }

    expect(statuses).toEqual([201, 201, 201, 401]);
  });

  it('are each tried where one of them cannot be used, or is of another kind', async () => {
    const rsa = await createSigningKey('twin', 'RS256');
    const twins = [await createSigningKey('twin', 'ES256'), rsa];
    issuer.keys = twins;
    issuer.strays = [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'twin' }];
    await startService();
    const statuses = [];
    for (const key of twins) statuses.push(await statusFor(await issuer.sign({}, {}, key)));

    expect(statuses).toEqual([201, 201]);
  });

  it('are remembered with the token, and end with it', async () => {
    const twins = await Promise.all([0, 1].map(() => createSigningKey('twin', 'ES256')));
    issuer.keys = twins;
    await startService();
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 86_400 }, {}, twins[1]);
    expect([await statusFor(token), await statusFor(token)]).toEqual([201, 201]);

    issuer.keys = [twins[0]!];
    passSeconds(601);
    expect(await statusFor(token)).toBe(401);
  });

  it('are tried up to four, whatever a token names', async () => {
    const twins = await Promise.all([0, 1, 2, 3, 4].map(() => createSigningKey('twin', 'ES256')));
    issuer.keys = twins;
    await startService();
    const statuses = [];
    for (const key of twins) statuses.push(await statusFor(await issuer.sign({}, {}, key)));

    expect(statuses).toEqual([201, 201, 201, 201, 401]);
  });

  it('are not tried for a token that names none', async () => {
    issuer.keys = [first, second];
    await startService();

    expect(await statusFor(await issuer.sign({}, { kid: undefined }))).toBe(401);
  });
});
