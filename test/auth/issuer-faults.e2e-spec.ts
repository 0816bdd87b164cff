/** What the log tells of an issuer that is of no use, at the start and with a token. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createCertificate } from '../support/certificate.js';
import { holdClocks, passSeconds, releaseDate } from '../support/clock.js';
import { createSigningKey, TestIssuer } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const DISCOVERY = '/.well-known/openid-configuration';

let issuer: TestIssuer;
let app: NestApp | undefined;

beforeEach(async () => {
  issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
});

afterEach(async () => {
  releaseDate();
  await app?.close();
  app = undefined;
  await issuer.close();
});

interface Line {
  level: number;
  msg: string;
  reason?: string;
}

/** The warnings, when there are so many. */
async function readWarnings(least: number): Promise<Line[]> {
  const read = (): Line[] =>
    app!.logLines.map((line) => JSON.parse(line) as Line).filter(({ level }) => level === 40);
  for (let i = 0; i < 1000 && read().length < least; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return read();
}

async function statusFor(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app!.send('POST', COLLECTION, userStatus(), headers)).status;
}

const redirect = (response: ServerResponse): unknown =>
  response.writeHead(301, { location: 'https://elsewhere.example/' }).end();

describe('an issuer that is of no use', () => {
  const answers: [string, string, (response: ServerResponse) => unknown, string][] = [
    ['redirects', DISCOVERY, redirect, "redirects (301) to 'https://elsewhere.example/'"],
    ['redirects', '/keys', redirect, "redirects (301) to 'https://elsewhere.example/'"],
    [
      'answers with a status',
      DISCOVERY,
      (response) => response.writeHead(404).end('{}'),
      'answers with the status 404',
    ],
    [
      'answers with a page',
      '/keys',
      (response) => response.end('<html>Sign in</html>'),
      'answers what is no JSON object',
    ],
    ['answers with a list', DISCOVERY, (response) => response.end('[]'), 'is no JSON object'],
    ['has no keys', '/keys', (response) => response.end('{}'), "has no list of keys ('keys')"],
    [
      'has no URL of keys',
      DISCOVERY,
      (response) => response.end(JSON.stringify({ issuer: issuer.issuer })),
      "has no URL of keys ('jwks_uri')",
    ],
    [
      'is another',
      DISCOVERY,
      (response) => response.end(JSON.stringify({ issuer: 'https://login.example/' })),
      "speaks for the issuer 'https://login.example/', not for '",
    ],
    ['hangs up', '/keys', (response) => response.destroy(), 'cannot be reached: other side closed'],
  ];

  it.each(answers)(
    'is told, with its URL and why: one that %s at %s',
    async (_what, path, answer, why) => {
      issuer.answerOtherwise = (url, response) => {
        if (url !== path) return false;
        answer(response);
        return true;
      };
      app = await startNestApp(issuer.env);
      const [atStart] = await readWarnings(1);

      expect(atStart?.msg).toContain(`AUTH_ISSUER) fails: '${issuer.issuer}${path}' `);
      expect(atStart?.msg).toContain(why);

      // What is told with a token is told by its request.
      expect(await statusFor(await issuer.sign())).toBe(503);
      const [, withToken] = await readWarnings(2);
      expect(withToken?.reason).toBe(atStart?.msg.split('fails: ')[1]);
    },
  );

  it('is told where nothing listens', async () => {
    const { issuer: url } = issuer;
    await issuer.close();
    app = await startNestApp(issuer.env);

    expect((await readWarnings(1))[0]?.msg).toContain(
      `'${url}${DISCOVERY}' cannot be reached: the connection is refused (ECONNREFUSED)`,
    );
  });

  it('is told where its name is not known', async () => {
    app = await startNestApp({ AUTH_ISSUER: 'https://login.invalid/', AUTH_AUDIENCE: 'x' });

    expect((await readWarnings(1))[0]?.msg).toMatch(
      /'https:\/\/login\.invalid\/\.well-known\/openid-configuration' cannot be reached: its name is not known \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });

  it('is told with what to set where a private authority signed its certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'user-statuses-'));
    const { certFile, keyFile } = await createCertificate(folder);
    const server: Server = createTlsServer({
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    app = await startNestApp({ AUTH_ISSUER: url, AUTH_AUDIENCE: 'x' });
    const [line] = await readWarnings(1);
    server.close();
    rmSync(folder, { recursive: true });

    expect(line?.msg).toContain(`'${url}${DISCOVERY}' cannot be reached: its certificate is of an`);
    expect(line?.msg).toContain('set NODE_EXTRA_CA_CERTS to a file with the certificate of');
  });

  it('does not hold up the start', async () => {
    // It takes the question, and never answers.
    issuer.answerOtherwise = () => true;
    app = await startNestApp(issuer.env);

    expect((await app.send('GET', '/health/live', undefined, {})).status).toBe(200);
    expect(await readWarnings(0)).toEqual([]);
    expect((await readWarnings(1))[0]?.msg).toContain('does not answer within 5 seconds');
  });
});

it('is told once a minute, however often it fails and whatever comes meanwhile', async () => {
  holdClocks();
  issuer.isBroken = true;
  app = await startNestApp(issuer.env);
  const told = async (least: number): Promise<number> =>
    (await readWarnings(least)).filter(({ msg }) => msg.includes('AUTH_ISSUER) fails: ')).length;
  expect(await told(1)).toBe(1);

  const asked = issuer.discoveries;
  for (let i = 0; i < 5; i += 1) {
    passSeconds(3);
    expect(await statusFor(await issuer.sign())).toBe(503);
  }
  expect(issuer.discoveries).toBe(asked + 5);
  expect(await told(0)).toBe(1);

  passSeconds(60);
  expect(await statusFor(await issuer.sign())).toBe(503);
  expect(await told(0)).toBe(2);
});

it('is asked at the start, before there is a token', async () => {
  app = await startNestApp(issuer.env);
  await issuer.untilFetched(1);

  expect([issuer.discoveries, issuer.keyFetches]).toEqual([1, 1]);
  expect(await readWarnings(0)).toEqual([]);
});
