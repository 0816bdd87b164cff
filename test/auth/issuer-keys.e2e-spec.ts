import type { ServerResponse } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdClocks, passSeconds, releaseDate, setDateBack } from '../support/clock.js';
import { createSigningKey, TestIssuer, type SigningKey } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let issuer: TestIssuer;
let first: SigningKey;
let app: NestApp;

beforeEach(async () => {
  holdClocks();
  first = await createSigningKey('first', 'ES256');
  issuer = await TestIssuer.start(first);
  app = await startService();
  await issuer.untilFetched(1);
});

afterEach(async () => {
  releaseDate();
  await app.close();
  await issuer.close();
});

function startService(): Promise<NestApp> {
  return startNestApp({
    ...issuer.env,
    AUTH_KEYS_COOLDOWN_SECONDS: '30',
    AUTH_KEYS_MAX_AGE_SECONDS: '600',
  });
}

/** Another service in place of the one that has its keys: one that asks for them now. */
async function startAnew(): Promise<void> {
  await app.close();
  app = await startService();
}

async function statusFor(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.send('POST', COLLECTION, userStatus(), headers)).status;
}

describe('the keys of an issuer', () => {
  it('are discovered at the start, and fetched once for many tokens', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, i) => issuer.sign({ sub: String(i) })),
    );
    const statuses = await Promise.all([...tokens, ...tokens].map(statusFor));

    expect(new Set(statuses)).toEqual(new Set([201]));
    expect([issuer.discoveries, issuer.keyFetches]).toEqual([1, 1]);
  });

  it('need no discovery where AUTH_JWKS_URI says where they are', async () => {
    issuer.keysPath = '/discovery/v2.0/keys?appid=reporter';
    const direct = await startNestApp({
      ...issuer.env,
      AUTH_JWKS_URI: issuer.issuer + issuer.keysPath,
    });
    const headers = { authorization: `Bearer ${await issuer.sign()}` };
    const answer = await direct.send('POST', COLLECTION, userStatus(), headers);
    await direct.close();

    expect(answer.status).toBe(201);
    expect([issuer.discoveries, issuer.keyFetches]).toEqual([1, 2]);
  });

  it('may be joined by a new one', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    const second = await createSigningKey('second', 'ES256');
    issuer.keys.push(second);
    passSeconds(31);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
    expect(issuer.keyFetches).toBe(2);
  });

  it('are not fetched anew for each of many unknown key ids', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    passSeconds(31);
    const storm = await Promise.all(
      Array.from({ length: 50 }, (_, i) => issuer.sign({}, { kid: `unknown-${String(i)}` })),
    );
    const statuses = await Promise.all(storm.map(statusFor));

    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(issuer.keyFetches).toBe(2);
  });

  it('are not asked for again and again while the issuer is broken', async () => {
    const good = await issuer.sign();
    expect(await statusFor(good)).toBe(201);
    passSeconds(31);
    issuer.isBroken = true;
    const statuses: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      statuses.push(await statusFor(await issuer.sign({}, { kid: `unknown-${String(i)}` })));
      // A key id that is known, with an algorithm that is not the key's.
      const forged = await issuer.sign({}, { kid: 'first' }, await createSigningKey('x', 'PS256'));
      statuses.push(await statusFor(forged));
    }

    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(issuer.keyFetches).toBe(2);
    const unnamed = await issuer.sign({}, { kid: undefined });
    expect(
      await Promise.all([good, await issuer.sign({ sub: 'x' }), unnamed].map(statusFor)),
    ).toEqual([201, 201, 201]);
  });

  it('end, when they are withdrawn, the tokens that are remembered', async () => {
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    expect([await statusFor(token), await statusFor(token)]).toEqual([201, 201]);
    issuer.keys = [await createSigningKey('second', 'ES256')];
    passSeconds(601);

    expect(await statusFor(token)).toBe(401);
    expect(await statusFor(await issuer.sign())).toBe(201);
  });

  it('are fetched anew also where the clock of the machine was set back by a day', async () => {
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 86_400 });
    expect(await statusFor(token)).toBe(201);
    setDateBack(86_400);
    const second = await createSigningKey('second', 'ES256');
    issuer.keys.push(second);
    passSeconds(31);

    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);

    issuer.keys = [second];
    passSeconds(601);
    expect([
      await statusFor(token),
      await statusFor(await issuer.sign({ sub: 'x' }, {}, first)),
    ]).toEqual([401, 401]);
  });

  it('are fetched anew after a sleep, in which the steady clock stands still', async () => {
    expect(await statusFor(await issuer.sign())).toBe(201);
    const second = await createSigningKey('second', 'ES256');
    issuer.keys = [second];
    setDateBack(-86_400);

    expect(await statusFor(await issuer.sign({}, {}, first))).toBe(401);
    expect(await statusFor(await issuer.sign({}, {}, second))).toBe(201);
  });

  it('are fetched ahead of their time, so that nobody waits for them', async () => {
    const token = await issuer.sign();
    expect(await statusFor(token)).toBe(201);
    passSeconds(301);
    expect(await statusFor(token)).toBe(201);
    for (let i = 0; i < 100 && issuer.keyFetches < 2; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(issuer.keyFetches).toBe(2);
    passSeconds(299);
    issuer.isBroken = true;
    expect(await statusFor(token)).toBe(201);
  });

  it('that cannot be fetched make the service unavailable, and not the token bad', async () => {
    issuer.isBroken = true;
    await startAnew();
    const answer = await app.send('POST', COLLECTION, userStatus(), {
      authorization: `Bearer ${await issuer.sign()}`,
    });

    expect(answer).toMatchObject({
      status: 503,
      body: { error: { code: 'ServiceUnavailable' } },
    });
    expect(answer.headers.get('retry-after')).toBe('2');

    // A storm meanwhile does not reach the issuer.
    const before = issuer.discoveries;
    await Promise.all(Array.from({ length: 50 }, async () => statusFor(await issuer.sign())));
    expect(issuer.discoveries).toBe(before);

    issuer.isBroken = false;
    passSeconds(3);
    expect(await statusFor(await issuer.sign())).toBe(201);
  });

  it('are not taken from a discovery document of another issuer', async () => {
    const impostor = await startNestApp({
      ...issuer.env,
      AUTH_ISSUER: `${issuer.issuer}/`,
    });
    const headers = { authorization: `Bearer ${await issuer.sign()}` };
    const answer = await impostor.send('POST', COLLECTION, userStatus(), headers);
    await impostor.close();

    expect(answer.status).toBe(503);
    expect(issuer.keyFetches).toBe(1);
  });
});

describe('an answer of the issuer', () => {
  const MEBIBYTE = 1_048_576;

  /** The document that belongs there, and white space behind it. */
  const answerLong = (response: ServerResponse, document: object) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(JSON.stringify(document));
    // In pieces, with a pause between them: what is not read is not sent.
    let pieces = 0;
    const timer = setInterval(() => {
      pieces += 1;
      if (pieces > 64 || response.destroyed) {
        clearInterval(timer);
        response.end();
      } else {
        response.write(' '.repeat(MEBIBYTE / 16));
      }
    }, 1);
  };

  it.each(['/.well-known/openid-configuration', '/keys'])(
    'is not read beyond a mebibyte: %s',
    async (path) => {
      let wasCutOff: Promise<unknown> | undefined;
      issuer.answerOtherwise = (url, response) => {
        if (url !== path) return false;
        wasCutOff = new Promise((resolve) =>
          response.once('close', () => {
            resolve(!response.writableFinished);
          }),
        );
        const discovery = { issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys` };
        answerLong(response, path === '/keys' ? { keys: [first.jwk] } : discovery);
        return true;
      };
      await startAnew();

      expect(await statusFor(await issuer.sign())).toBe(503);
      expect(await wasCutOff).toBe(true);
    },
  );

  it.each(['/.well-known/openid-configuration', '/keys'])(
    'leads nowhere else: a redirect of %s is not followed',
    async (path) => {
      let followed = 0;
      issuer.answerOtherwise = (url, response) => {
        if (url === '/elsewhere') followed += 1;
        if (url !== path) return false;
        response.writeHead(302, { location: `${issuer.issuer}/elsewhere` }).end();
        return true;
      };
      await startAnew();

      expect(await statusFor(await issuer.sign())).toBe(503);
      expect(followed).toBe(0);
    },
  );

  it('may be just a mebibyte long', async () => {
    issuer.answerOtherwise = (url, response) => {
      if (url !== '/keys') return false;
      response.end(JSON.stringify({ keys: [first.jwk] }).padEnd(MEBIBYTE));
      return true;
    };
    await startAnew();

    expect(await statusFor(await issuer.sign())).toBe(201);
  });
});

describe('a token that is remembered', () => {
  it('ends at its expiry', async () => {
    const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 100 });
    expect(await statusFor(token)).toBe(201);
    passSeconds(150);
    expect(await statusFor(token)).toBe(201);
    passSeconds(11);
    expect(await statusFor(token)).toBe(401);
  });

  it('does not lend its permissions to another', async () => {
    const read = await issuer.sign({ roles: ['DeviceManagementConfiguration.Read.All'] });
    const write = await issuer.sign();

    expect([await statusFor(write), await statusFor(read), await statusFor(write)]).toEqual([
      201, 403, 201,
    ]);
  });
});
