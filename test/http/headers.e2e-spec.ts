/** The headers that keep browsers from guessing, on every answer. */
import { get } from 'node:https';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readRaw, sendRaw } from '../support/raw-socket.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { startTlsApp, type TlsApp } from '../support/tls-app.js';
import { COLLECTION } from '../support/user-status.js';

describe('every answer', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await borrowTestApp();
  });

  const batch = { requests: [{ id: '1', method: 'GET', url: '/nothing' }] };

  it.each([
    ['GET', '/health/live', undefined, 200],
    ['GET', '/', undefined, 200],
    ['GET', '/$metadata', undefined, 200],
    ['GET', '/openapi.json', undefined, 200],
    ['GET', '/docs', undefined, 200],
    ['GET', '/docs/swagger-ui-bundle.js', undefined, 200],
    ['HEAD', '/docs/swagger-ui-bundle.js', undefined, 200],
    ['GET', COLLECTION, undefined, 200],
    ['GET', `${COLLECTION}/nobody`, undefined, 404],
    ['GET', '/nothing', undefined, 404],
    ['GET', '/x/%E0%A4%A', undefined, 400],
    ['POST', COLLECTION, '{', 400],
    ['POST', '/$batch', batch, 200],
  ])('says that its type is its type: %s %s', async (method, path, body, status) => {
    const answer = await app.send(method, path, body);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  });

  it.each(['NONSENSE\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\n\r\n'])(
    'says so, too, where there was no request: %j',
    async (bytes) => {
      expect(readRaw(await sendRaw(app.url, bytes)).head).toContain(
        'x-content-type-options: nosniff',
      );
    },
  );
});

describe('a service that speaks TLS', () => {
  let tls: TlsApp;

  beforeAll(async () => {
    tls = await startTlsApp();
  });

  afterAll(async () => {
    await tls.close();
  });

  function ask(path: string, host: string): Promise<string | undefined> {
    const options = { headers: { host }, rejectUnauthorized: false, agent: false } as const;
    return new Promise((resolve, reject) => {
      get(tls.url + path, options, (response) => {
        response.resume();
        resolve(response.headers['strict-transport-security']);
      }).on('error', reject);
    });
  }

  it.each(['/health/live', '/docs/swagger-ui.css', COLLECTION, '/x/%E0%A4%A'])(
    'says that it does so for a year: %s',
    async (path) => {
      expect(await ask(path, 'statuses.example')).toBe('max-age=31536000');
    },
  );

  it.each(['localhost', 'LOCALHOST:3000', 'a.localhost', 'localhost.', '127.0.0.1:1', '[::1]:1'])(
    'does not say so to a developer: %s',
    async (host) => {
      expect(await ask('/health/live', host)).toBeUndefined();
    },
  );
});
