import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createSigningKey, TestIssuer } from '../support/issuer.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

const REFUSED = { status: 400, body: { error: { code: 'BadRequest' } } };

async function get(app: OwnTestApp, host: string, target = '/v1.0/', version = '1.1') {
  const head = host === '' ? '' : `Host: ${host}\r\n`;
  return readRaw(
    await sendRaw(app.url, `GET ${target} HTTP/${version}\r\n${head}Connection: close\r\n\r\n`),
  );
}

/** The origin that the service took from the request. */
function contextOf({ body }: { body: unknown }): string {
  return (body as { '@odata.context': string })['@odata.context'];
}

describe('in local mode, where any page in a browser could reach the service,', () => {
  let app: OwnTestApp;

  beforeAll(async () => {
    app = await startTestApp({ PUBLIC_URL: 'https://Graph.example:8443' });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([
    'localhost',
    'LOCALHOST:3000',
    'localhost.',
    'statuses.localhost:1',
    '127.0.0.1',
    '127.1.2.3:3000',
    '[::1]',
    '[::1]:3000',
    'graph.example',
    'GRAPH.example:1',
  ])('answers to %s', async (host) => {
    expect(await get(app, host)).toMatchObject({ status: 200 });
  });

  it.each([
    'rebound.example',
    'rebound.example:3000',
    '127.0.0.1.example',
    'localhost.example',
    'notlocalhost',
    'x.graph.example',
    '10.0.0.1',
    '0.0.0.0',
    '[::]',
    '128.0.0.1',
  ])('does not answer to %s, whatever is asked for', async (host) => {
    for (const target of ['/v1.0/', '/docs', '/openapi.json', '/nothing', COLLECTION]) {
      const answer = await get(app, host, target);
      expect(answer).toMatchObject(REFUSED);
      expect(JSON.stringify(answer.body)).toContain('ALLOWED_HOSTS');
    }
  });

  it('does not answer to a host because it answered to another before', async () => {
    const statuses: number[] = [];
    for (const host of ['localhost', 'a.example', 'localhost', 'a.example']) {
      statuses.push((await get(app, host)).status);
    }

    expect(statuses).toEqual([200, 400, 200, 400]);
  });

  it('tells probes, which call it by an address, whether it lives', async () => {
    expect(await get(app, '10.0.0.1', '/health/live')).toMatchObject({ status: 200 });
    // Which does not admit the host elsewhere.
    expect(await get(app, '10.0.0.1')).toMatchObject(REFUSED);
  });

  it.each([
    ['http://localhost:1/v1.0/', 'localhost:1', '1.1', 200],
    ['http://LOCALHOST/v1.0/', 'localhost', '1.1', 200],
    ['http://localhost/v1.0/', '127.0.0.1', '1.1', 400],
    ['http://localhost:1/v1.0/', 'localhost', '1.1', 400],
    ['http://localhost/v1.0/', '', '1.1', 400],
    ['http://localhost/v1.0/', '', '1.0', 200],
    ['http://a.example/v1.0/', '', '1.0', 400],
    ['http://a.example/v1.0/', 'a.example', '1.1', 400],
    ['http://a.example/health/live', 'b.example', '1.1', 400],
    ['/v1.0/', '', '1.0', 200],
  ])('answers a request for %s with the Host "%s" in HTTP/%s by %i', async (...row) => {
    const [target, host, version, status] = row;
    expect((await get(app, host, target, version)).status).toBe(status);
  });
});

describe('with an issuer', () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
  });

  afterAll(async () => {
    await issuer.close();
  });

  async function statusesOf(env: Record<string, string>, hosts: readonly string[]) {
    const app = await startTestApp({ ...issuer.env, ...env });
    try {
      return await Promise.all(hosts.map(async (host) => (await get(app, host)).status));
    } finally {
      await app.close();
    }
  }

  it('answers to any host where none is set', async () => {
    const hosts = ['a.example', '10.0.0.1', 'localhost'];

    expect(await statusesOf({}, hosts)).toEqual([200, 200, 200]);
    expect(await statusesOf({ PUBLIC_URL: 'https://b.example' }, hosts)).toEqual([200, 200, 200]);
  });

  it('answers to those in ALLOWED_HOSTS, and to that of PUBLIC_URL', async () => {
    const env = { ALLOWED_HOSTS: 'a.example, *.b.example', PUBLIC_URL: 'https://c.example/x' };
    const good = ['a.example', 'A.example.:80', 'x.b.example', 'x.y.b.example', 'c.example'];
    const bad = ['b.example', 'xb.example', 'x.a.example', 'localhost', '127.0.0.1'];

    expect(await statusesOf(env, good)).toEqual([200, 200, 200, 200, 200]);
    expect(await statusesOf(env, bad)).toEqual([400, 400, 400, 400, 400]);
  });

  it('makes addresses from the host that was asked, where no public URL is set', async () => {
    const app = await startTestApp(issuer.env);
    const answer = await get(app, 'a.example:81', '/v1.0/');
    await app.close();

    expect(contextOf(answer)).toBe('http://a.example:81/v1.0/$metadata');
  });
});
