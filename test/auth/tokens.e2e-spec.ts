import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactEncrypt, exportSPKI, SignJWT } from 'jose';

import { AUDIENCE, createSigningKey, TestIssuer, type SigningKey } from '../support/issuer.js';
import { sendRaw, readRaw } from '../support/raw-socket.js';
import { signToken } from '../support/sign-token.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const WRITE = 'DeviceManagementConfiguration.ReadWrite.All';
const READ = 'DeviceManagementConfiguration.Read.All';
/** What an application is called while it moves from one version of tokens to the next. */
const SECOND_AUDIENCE = '3f2b4c1e-6a0a-4b0e-9d43-0f2b8c1f1a57';

/** One service for all: nothing that is refused leaves a trace, and what is accepted makes an id of its own. */
let issuer: TestIssuer;
let stranger: SigningKey;
let app: OwnTestApp;

beforeAll(async () => {
  issuer = await TestIssuer.start(
    await createSigningKey('rsa', 'RS256'),
    await createSigningKey('ec', 'ES256'),
    await createSigningKey('pss', 'PS256'),
    await createSigningKey('ed', 'EdDSA'),
  );
  stranger = await createSigningKey('rsa', 'RS256');
  app = await startTestApp({
    ...issuer.env,
    AUTH_AUDIENCE: `${AUDIENCE}, ${SECOND_AUDIENCE}`,
  });
});

afterAll(async () => {
  await app.close();
  await issuer.close();
});

function post(authorization: string | null) {
  return app.send('POST', COLLECTION, userStatus(), { authorization });
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Seconds from now, as claims have them. */
function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

describe('an Authorization header that holds no token', () => {
  it.each([
    ['is absent', null],
    ['is empty', ''],
    ['has no token', 'Bearer'],
    ['has white space for a token', 'Bearer  '],
    ['has another scheme', 'Basic dXNlcjpwYXNz'],
    ['has two tokens', 'Bearer a.b.c d.e.f'],
    ['has text', 'Bearer hello'],
    ['has a header and a payload alone', 'Bearer e30.e30'],
    ['has five empty parts', 'Bearer ....'],
    ['has null bytes of base64', 'Bearer AAAA.AAAA.AAAA'],
  ])('is refused when it %s', async (_what, authorization) => {
    const answer = await post(authorization);

    expect(answer).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is refused when it is sent twice', async () => {
    const token = await issuer.sign();
    const { host } = new URL(app.url);
    const response = await sendRaw(
      app.url,
      `GET ${COLLECTION}/x HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n`,
    );

    expect(readRaw(response)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    });
  });
});

describe('a token', () => {
  const attacks: [string, () => Promise<string> | string][] = [
    [
      'without a signature (alg none)',
      () => `${base64({ alg: 'none' })}.${base64(issuer.claims())}.`,
    ],
    ['with alg None', () => `${base64({ alg: 'None', kid: 'rsa' })}.${base64(issuer.claims())}.`],
    [
      'with alg none and a signature',
      () => `${base64({ alg: 'none' })}.${base64(issuer.claims())}.AAAA`,
    ],
    ['without alg', () => `${base64({ kid: 'rsa' })}.${base64(issuer.claims())}.AAAA`],
    [
      'signed by HS256 with the public key',
      async () => {
        const input = `${base64({ alg: 'HS256', kid: 'rsa' })}.${base64(issuer.claims())}`;
        const pem = await exportSPKI(issuer.keys[0]!.publicKey);
        return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      },
    ],
    [
      'signed by HS256 with an empty key',
      () => {
        const input = `${base64({ alg: 'HS256' })}.${base64(issuer.claims())}`;
        return `${input}.${createHmac('sha256', '').update(input).digest('base64url')}`;
      },
    ],
    ['of a key id nobody has', () => issuer.sign({}, { kid: 'nobody' })],
    ['of a key id that is a path', () => issuer.sign({}, { kid: '../../etc/passwd' })],
    ['of a stranger with our key id', () => issuer.sign({}, {}, stranger)],
    [
      'of a stranger without a key id',
      async () =>
        new SignJWT(issuer.claims()).setProtectedHeader({ alg: 'RS256' }).sign(stranger.privateKey),
    ],
    [
      'of a stranger that brings the key along',
      () => issuer.sign({}, { jwk: stranger.jwk }, stranger),
    ],
    [
      'of a stranger that says where the key is',
      () => issuer.sign({}, { jku: 'http://127.0.0.1:1/keys' }, stranger),
    ],
    ['of a stranger with a certificate', () => issuer.sign({}, { x5c: ['MIIB'] }, stranger)],
    [
      'with another algorithm than its key',
      () => issuer.sign({}, { alg: 'ES256', kid: 'rsa' }, issuer.keys[1]),
    ],
    [
      'with another payload',
      async () => {
        const [header, , signature] = (await issuer.sign()).split('.');
        return `${header!}.${base64(issuer.claims({ sub: 'admin' }))}.${signature!}`;
      },
    ],
    [
      'with another header',
      async () => {
        const [, payload, signature] = (await issuer.sign()).split('.');
        return `${base64({ alg: 'RS256', kid: 'rsa', typ: 'x' })}.${payload!}.${signature!}`;
      },
    ],
    ['without its signature', async () => (await issuer.sign()).replace(/\.[^.]*$/, '.')],
    ['with half of its signature', async () => (await issuer.sign()).slice(0, -100)],
    ['with a changed signature', async () => (await issuer.sign()).replace(/.{8}$/, 'AAAAAAAA')],
    [
      'with the signature of another',
      async () =>
        (await issuer.sign()).replace(/[^.]*$/, (await issuer.sign({ sub: 'x' })).split('.')[2]!),
    ],
    ['that has expired', () => issuer.sign({ exp: inSeconds(-61) })],
    ['that never expires', () => issuer.sign({ exp: undefined })],
    ['with an expiry that is text', () => issuer.sign({ exp: 'tomorrow' })],
    ['that is not valid yet', () => issuer.sign({ nbf: inSeconds(120) })],
    ['for another audience', () => issuer.sign({ aud: 'api://other' })],
    ['for other audiences', () => issuer.sign({ aud: ['api://other', 'api://user-statuses/'] })],
    ['for no audience', () => issuer.sign({ aud: undefined })],
    ['of another issuer', () => issuer.sign({ iss: 'https://login.example' })],
    ['of an issuer that is longer', () => issuer.sign({ iss: `${issuer.issuer}/` })],
    ['of no issuer', () => issuer.sign({ iss: undefined })],
    ['that is an ID token, by its nonce', () => issuer.sign({ nonce: 'n-0S6_WzA2Mj' })],
    ['that is an ID token, by its at_hash', () => issuer.sign({ at_hash: 'MTIzNDU2Nzg' })],
    ['that is an ID token, by its c_hash', () => issuer.sign({ c_hash: 'MTIzNDU2Nzg' })],
    [
      'that is an ID token, by its hash, with scopes',
      () => issuer.sign({ at_hash: 'x', scp: WRITE }),
    ],
    ['that is an ID token of Cognito', () => issuer.sign({ token_use: 'id', scope: WRITE })],
    ['that is an ID token of Keycloak', () => issuer.sign({ typ: 'ID', scope: WRITE })],
    ['for the audiences together', () => issuer.sign({ aud: `${AUDIENCE},${SECOND_AUDIENCE}` })],
    ['for a client, and no audience', () => issuer.sign({ aud: undefined, client_id: AUDIENCE })],
    ['that is a logout token', () => issuer.sign({}, { typ: 'logout+jwt' })],
    ['that is a proof of possession', () => issuer.sign({}, { typ: 'dpop+jwt' })],
    ['of an empty type', () => issuer.sign({}, { typ: '' })],
    ['of a type that is no text', () => issuer.sign({}, { typ: 1 })],
    [
      'with a critical extension',
      () =>
        issuer
          .sign({}, { crit: ['x'], x: 1 })
          .catch(
            () =>
              `${base64({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 })}.${base64(issuer.claims())}.AAAA`,
          ),
    ],
    [
      'that is encrypted',
      async () => {
        const key = await crypto.subtle.generateKey(
          {
            name: 'RSA-OAEP',
            modulusLength: 2048,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-256',
          },
          true,
          ['encrypt', 'decrypt'],
        );
        return new CompactEncrypt(Buffer.from(JSON.stringify(issuer.claims())))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
          .encrypt(key.publicKey);
      },
    ],
  ];

  it.each(attacks)('is refused %s', async (_what, forge) => {
    const answer = await post(`Bearer ${await forge()}`);

    expect(answer).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer error="invalid_token", error_description="[^"]+"$/,
    );
  });

  it.each([
    ['a read permission', { roles: [READ] }],
    ['no permission', { roles: undefined }],
    ['no role', { roles: [] }],
    ['a longer permission', { roles: [`${WRITE}.x`] }],
    ['a permission in another case', { roles: [WRITE.toLowerCase()] }],
    ['roles in one text of an array', { roles: [`${READ} ${WRITE}`] }],
    ['scopes with commas', { roles: undefined, scp: `${READ},${WRITE}` }],
    ['roles of another shape', { roles: [{ name: WRITE }, null, 1, [WRITE]] }],
    ['roles that are an object', { roles: { [WRITE]: true, 0: WRITE, roles: [WRITE] } }],
    ['a group', { roles: undefined, groups: [WRITE], 'cognito:groups': [WRITE] }],
    ['a role of a realm', { roles: undefined, realm_access: { roles: [WRITE] } }],
    ['a role of a client', { roles: undefined, resource_access: { api: { roles: [WRITE] } } }],
    ['the claim of nobody', { roles: undefined, role: WRITE, scopes: WRITE, permission: WRITE }],
    ['a scope of another service', { roles: undefined, scope: `api://other/${WRITE}` }],
  ])('may not write with %s', async (_what, claims) => {
    const answer = await post(`Bearer ${await issuer.sign(claims)}`);

    expect(answer).toMatchObject({
      status: 403,
      body: { error: { code: 'Forbidden', message: expect.stringContaining(WRITE) } },
    });
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
  });

  it.each([
    ['a role', {}],
    ['several roles', { roles: ['x', WRITE] }],
    ['a role that is text', { roles: WRITE }],
    ['a scope', { roles: undefined, scp: `openid ${WRITE}` }],
    ['scopes that are an array', { roles: undefined, scp: ['openid', WRITE] }],
    ['a scope of RFC 9068', { roles: undefined, scope: `openid ${WRITE}` }],
    ['a scope of this service', { roles: undefined, scope: `x api://user-statuses/${WRITE}` }],
    ['permissions', { roles: undefined, permissions: [READ, WRITE] }],
    ['several audiences', { aud: ['x', 'api://user-statuses'] }],
    ['the other audience', { aud: SECOND_AUDIENCE }],
    ['a nonce, where it has scopes', { nonce: 'n-0S6_WzA2Mj', roles: undefined, scp: WRITE }],
    ['an expiry just past', { exp: inSeconds(-30) }],
    ['a beginning just ahead', { nbf: inSeconds(30) }],
  ])('may write with %s', async (_what, claims) => {
    expect((await post(`Bearer ${await issuer.sign(claims)}`)).status).toBe(201);
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', undefined])(
    'may have the type %s',
    async (typ) => {
      expect((await post(`Bearer ${await issuer.sign({}, { typ })}`)).status).toBe(201);
    },
  );

  it.each([
    [{ nonce: 'x' }, {}, "it is an ID token ('nonce'), and an access token is needed"],
    [{}, { typ: 'dpop+jwt' }, "its type ('typ') is not that of an access token"],
  ])('is told why it is no access token: %j %j', async (claims, header, reason) => {
    const answer = await post(`Bearer ${await issuer.sign(claims, header)}`);

    expect(answer.text).toContain(reason);
    expect(answer.headers.get('www-authenticate')).toContain(reason);
  });

  it.each(['RS256', 'ES256', 'PS256', 'EdDSA'])('may be signed by %s', async (alg) => {
    const key = issuer.keys.find((candidate) => candidate.alg === alg)!;

    expect((await post(`bearer ${await issuer.sign({}, {}, key)}`)).status).toBe(201);
  });

  it('may read with either permission, and not with another', async () => {
    const created = await post(`Bearer ${await issuer.sign()}`);
    const location = created.headers.get('location')!;

    for (const [permission, status] of [
      [READ, 200],
      [WRITE, 200],
      ['User.Read.All', 403],
    ] as const) {
      const authorization = `Bearer ${await issuer.sign({ roles: [permission] })}`;
      expect((await app.send('GET', location, undefined, { authorization })).status).toBe(status);
      expect((await app.send('HEAD', location, undefined, { authorization })).status).toBe(status);
    }
  });
});

describe('a caller without a good token', () => {
  it('is refused before the body is looked at', async () => {
    for (const body of ['{', 'x'.repeat(100_000)]) {
      const answer = await app.send('POST', COLLECTION, body, {
        authorization: null,
        'content-type': 'text/plain',
      });
      expect(answer.status).toBe(401);
    }
  });

  it('is not asked for the body that it waits to send', async () => {
    const head = (authorization: string): string =>
      `POST ${COLLECTION} HTTP/1.1\r\nHost: x\r\n${authorization}Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`;
    const stranger = await sendRaw(app.url, head(''));
    const caller = await sendRaw(app.url, [
      head(`Authorization: Bearer ${await issuer.sign()}\r\n`),
      '{}',
    ]);

    expect(stranger).toMatch(/^HTTP\/1\.1 401 /);
    expect(caller).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 400 /);
  });

  it('is not asked for a body that is too long, nor in HTTP/1.0', async () => {
    const token = await issuer.sign();
    const ask = (version: string, length: number): string =>
      `POST ${COLLECTION} HTTP/${version}\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${String(length)}\r\nConnection: close\r\n\r\n`;

    expect(await sendRaw(app.url, ask('1.1', 70_000))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await sendRaw(app.url, `${ask('1.0', 2)}{}`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is not told whether an entity exists', async () => {
    const created = await post(`Bearer ${await issuer.sign()}`);
    const path = new URL(created.headers.get('location')!).pathname;
    const present = await app.send('GET', path, undefined, { authorization: null });
    const absent = await app.send('GET', `${COLLECTION}/nobody`, undefined, {
      authorization: null,
    });

    expect([present.status, absent.status]).toEqual([401, 401]);
  });
});

it('ends with its lifetime in local mode, where there is but one clock', async () => {
  const local = await startTestApp();
  const expired = await signToken(local, 'x', [WRITE], -1);
  const good = await signToken(local, 'x', [WRITE], 60);
  const statuses = [];
  for (const token of [expired, good]) {
    const headers = { authorization: `Bearer ${token}` };
    statuses.push((await local.send('POST', COLLECTION, userStatus(), headers)).status);
  }
  await local.close();

  expect(statuses).toEqual([401, 201]);
});

it('never writes a token to the log', async () => {
  const token = await issuer.sign({ sub: 'quiet' });
  await post(`Bearer ${token}`);
  await post(`Bearer ${token}x`);
  const log = await app.takeLog();

  expect(log).toContain('"status":201');
  expect(log).toContain('"status":401');
  expect(log).not.toContain(token.slice(0, 100));
  expect(log).not.toContain(token.split('.')[2]);
  expect(log).not.toMatch(/authorization: bearer [^<]|User Display Name/i);
});
