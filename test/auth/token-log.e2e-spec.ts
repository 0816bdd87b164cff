/** What the log tells of a token that was refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { AUDIENCE, createSigningKey, TestIssuer } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let issuer: TestIssuer;
let app: NestApp;

beforeAll(async () => {
  issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
  app = await startNestApp(issuer.env);
  await issuer.untilFetched(1);
});

beforeEach(() => {
  app.logLines.length = 0;
});

afterAll(async () => {
  await app.close();
  await issuer.close();
});

async function post(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const { status } = await app.send('POST', COLLECTION, userStatus(), headers);
  // The line is written with those of the same turn.
  await new Promise((resolve) => setImmediate(resolve));
  return status;
}

function log(): string {
  return app.logLines.join('');
}

function lines(): Record<string, unknown>[] {
  return log()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('the line of a request whose token was refused', () => {
  it.each([
    ['another audience', { aud: ['api://other', 'x'] }, {}, { aud: ['api://other', 'x'] }],
    ['another issuer', { iss: 'https://login.example' }, {}, { iss: 'https://login.example' }],
    ['an unknown key', {}, { kid: 'nobody' }, { kid: 'nobody' }],
    ['an end that is past', { exp: 1 }, {}, {}],
  ])('tells what it says of itself: %s', async (_what, claims, header, told) => {
    expect(await post(await issuer.sign(claims, header))).toBe(401);
    expect(lines()).toMatchObject([
      {
        status: 401,
        code: 'InvalidAuthenticationToken',
        reason: expect.stringMatching(/^Access token is not valid: /),
        token: { kid: 'k', iss: issuer.issuer, aud: AUDIENCE, ...told },
      },
    ]);
  });

  it.each([
    ['what it lacks', {}, {}, {}],
    ['what is no text', { kid: 7 }, { iss: {}, aud: [1, 'a', null] }, { aud: ['a'] }],
    ['what is nothing', { kid: null }, { iss: null, aud: null }, {}],
    ['what is too long', { kid: 'k'.repeat(5000) }, {}, { kid: 'k'.repeat(128) }],
    [
      'what is too much',
      {},
      { aud: Array.from({ length: 1000 }, () => 'a') },
      { aud: Array.from({ length: 8 }, () => 'a') },
    ],
  ])('leaves out or cuts %s', async (_what, header, claims, token) => {
    expect(await post(`${base64({ alg: 'RS256', ...header })}.${base64(claims)}.AAAA`)).toBe(401);
    expect(lines()).toEqual([expect.objectContaining({ token })]);
  });

  it('has no line, and nothing that a terminal obeys, of the caller', async () => {
    const wild = 'a\n{"level":30}\r\u001b[2J\u007f\u009b2J\u2028\u202e\u0000"\ud800';
    const header = { alg: 'RS256', kid: wild };

    expect(await post(`${base64(header)}.${base64({ iss: wild, aud: wild })}.AAAA`)).toBe(401);
    expect(log().trim()).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u202e]/u);
    expect(lines()).toMatchObject([{ token: { kid: wild, iss: wild, aud: wild } }]);
  });

  it('is there for what is no JWT, without it', async () => {
    expect(await post('SECRETSECRET')).toBe(401);
    expect(await post('SECRET.SECRET.SECRET')).toBe(401);
    expect(lines()).toMatchObject([{ token: {} }, { token: {} }]);
    expect(log()).not.toContain('SECRET');
  });

  it('does not have the token', async () => {
    const token = await issuer.sign({ aud: 'x' });
    await post(token);
    const parts = token.split('.');

    expect(parts.filter((part) => log().includes(part))).toEqual([]);
  });

  it('is all that a flood of such tokens writes', async () => {
    const tokens = Array.from({ length: 200 }, (_, i) => `${base64({ kid: String(i) })}.e30.AAAA`);
    await Promise.all(tokens.map(post));

    expect(lines().map(({ msg }) => msg)).toEqual(tokens.map(() => 'request'));
  });

  it('does not tell of a token that is good, or whose permission is missing', async () => {
    expect(await post(await issuer.sign())).toBe(201);
    expect(await post(await issuer.sign({ roles: [] }))).toBe(403);
    expect(lines().filter((line) => 'token' in line)).toEqual([]);
  });
});
