import { beforeEach, describe, expect, it } from '@jest/globals';

import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

describe('empty segments between names', () => {
  const spell = (path: string) =>
    `/${path.replace('/deviceConfigurations', '///deviceConfigurations').replace('/userStatuses', '//userStatuses')}`;

  it('are nothing, in every place where a path is judged', async () => {
    const path = spell(COLLECTION);
    const made = await app.send('POST', path, userStatus({ id: 'alex' }));
    const stranger = { authorization: null };
    const reader = { authorization: `Bearer ${app.readToken}` };

    expect(path).toMatch(/^\/\/v1\.0\/deviceManagement\/\/\/.+\/\/userStatuses$/);
    expect(made).toMatchObject({ status: 201, body: { id: 'alex' } });
    expect(made.headers.get('location')).toMatch(/:\d+\/v1\.0\/[^/]+(?:\/[^/]+)+$/);
    expect(await app.send('GET', `${path}/alex//status`)).toMatchObject({ status: 200 });
    expect(await app.send('GET', '//v1.0///$metadata', undefined, stranger)).toMatchObject({
      status: 200,
    });
    expect(await app.send('GET', path, undefined, stranger)).toMatchObject({ status: 401 });
    expect(await app.send('DELETE', `${path}/alex`, undefined, reader)).toMatchObject({
      status: 403,
    });
    expect(await app.send('PUT', path, {})).toMatchObject({ status: 405 });
    expect(await app.send('GET', '//v1.0//nothing')).toMatchObject({ status: 404 });
    expect(await app.send('GET', '//v1.0/health/live')).toMatchObject({ status: 404 });
  });

  it('are nothing in the requests of a batch', async () => {
    const [absolute, relative] = [spell(COLLECTION), spell(COLLECTION).replace('/v1.0/', '')];
    const requests = [absolute, relative, `beta${relative}`, `${app.url}${absolute}`].map(
      (url, i) => ({ id: String(i), method: 'GET', url }),
    );

    expect(await app.send('POST', '//v1.0//$batch', { requests })).toMatchObject({
      body: { responses: requests.map(() => ({ status: 200 })) },
    });
  });
});
