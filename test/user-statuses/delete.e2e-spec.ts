import { beforeEach, describe, expect, it } from '@jest/globals';

import { idsIn, refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const ALEX = `${COLLECTION}/alex`;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
  await seed(app, { alex: {}, bo: {} });
});

async function remove(headers: Record<string, string> = {}, path = ALEX) {
  return app.send('DELETE', path, undefined, headers);
}

async function etagOf(path = ALEX): Promise<string> {
  return (await app.send('GET', path)).headers.get('etag')!;
}

describe('a delete', () => {
  it('is answered 204 without a body, and again 404', async () => {
    const answer = await remove();

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('odata-version')).toBe('4.0');
    expect(answer.headers.has('content-type')).toBe(false);
    expect(answer.headers.has('etag')).toBe(false);
    expect(refusalOf(await remove())).toBe('404 ResourceNotFound');
    expect(refusalOf(await app.send('GET', ALEX))).toBe('404 ResourceNotFound');
    expect(idsIn(await app.send('GET', COLLECTION))).toBe('bo');
    expect((await app.send('GET', `${COLLECTION}/$count`)).text).toBe('1');
  });

  it.each([
    ['application/json', undefined],
    ['application/json', ''],
    ['text/plain', undefined],
    ['text/plain', ''],
    ['multipart/mixed; boundary=x', undefined],
  ])('is made where the type of a body is named that there is not: %s, %j', async (type, body) => {
    expect((await app.send('DELETE', ALEX, body, { 'content-type': type })).status).toBe(204);
  });

  it('leaves the same id in other collections', async () => {
    const other = COLLECTION.replace('/rootCertificate', '');
    await seed(app, { alex: {} }, other);
    await remove();

    expect((await app.send('GET', `${other}/alex`)).status).toBe(200);
  });

  it('is made where If-Match names the entity', async () => {
    const tags = [`"x", ${await etagOf()}`, '*'];

    expect((await remove({ 'if-match': tags[0]! })).status).toBe(204);
    expect((await remove({ 'if-match': tags[1]! }, `${COLLECTION}/bo`)).status).toBe(204);
  });

  it('is refused where If-Match names another, and 404 where there is none', async () => {
    const old = await etagOf();
    await app.send('PATCH', ALEX, { devicesCount: 1 });

    expect(refusalOf(await remove({ 'if-match': old }))).toBe('412 PreconditionFailed');
    expect(refusalOf(await remove({ 'if-match': 'W/"x"' }))).toBe('412 PreconditionFailed');
    expect((await app.send('GET', ALEX)).status).toBe(200);
    const missing = await remove({ 'if-match': '*' }, `${COLLECTION}/nobody`);
    expect(refusalOf(missing)).toBe('404 ResourceNotFound');
  });

  it('is refused where If-None-Match names the entity', async () => {
    for (const tags of ['*', await etagOf()]) {
      expect(refusalOf(await remove({ 'if-none-match': tags }))).toBe('412 PreconditionFailed');
    }
    expect((await remove({ 'if-none-match': 'W/"x"' })).status).toBe(204);
  });

  it.each(['$filter=true', '$select=id', '$format=json', '$nothing=1'])(
    'is refused with an option that does not apply: %s',
    async (query) => {
      const answer = await remove({}, `${ALEX}?${query}`);

      expect(refusalOf(answer)).toBe(`400 BadRequest ${query.split('=')[0]!}`);
      expect((await app.send('GET', ALEX)).status).toBe(200);
    },
  );

  it('lets the id be taken again, under a new entity tag', async () => {
    const tags = new Set([await etagOf()]);
    for (let i = 0; i < 5; i += 1) {
      await remove();
      await seed(app, { alex: {} });
      tags.add(await etagOf());
    }

    expect(tags.size).toBe(6);
  });
});

describe('reading with an entity tag', () => {
  it('is answered 304 without a body where nothing changed', async () => {
    const etag = await etagOf();

    for (const path of [ALEX, `${ALEX}/status`, `${ALEX}/status/$value`]) {
      for (const header of [etag, '*', `"x", ${etag}`, etag.slice(2)]) {
        const answer = await app.send('GET', path, undefined, { 'if-none-match': header });
        expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', etag]);
        expect(answer.headers.has('content-type')).toBe(false);
      }
    }
  });

  it('is answered in full where it changed', async () => {
    const etag = await etagOf();
    await app.send('PATCH', ALEX, { devicesCount: 1 });
    const answer = await app.send('GET', ALEX, undefined, { 'if-none-match': etag });

    expect([answer.status, answer.text]).toEqual([
      200,
      expect.stringContaining('"devicesCount":1'),
    ]);
  });

  it('is refused where If-Match names another', async () => {
    const answer = await app.send('GET', ALEX, undefined, { 'if-match': 'W/"x"' });

    expect(refusalOf(answer)).toBe('412 PreconditionFailed');
  });
});

describe('writes in the same instant', () => {
  it('with one entity tag: one is made, the other is refused', async () => {
    for (let round = 0; round < 40; round += 1) {
      const ifMatch = { 'if-match': await etagOf() };
      const answers = await Promise.all(
        [round, round + 1000].map((devicesCount) =>
          app.send('PATCH', ALEX, { devicesCount }, ifMatch),
        ),
      );
      const made = answers.find(({ status }) => status === 200)!;

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect((await app.send('GET', ALEX)).text).toBe(made.text);
    }
  });

  it('with one entity tag: a delete and an update do not both succeed', async () => {
    for (let round = 0; round < 20; round += 1) {
      const ifMatch = { 'if-match': await etagOf() };
      const [deleted, updated] = await Promise.all([
        remove(ifMatch),
        app.send('PATCH', ALEX, { devicesCount: round }, ifMatch),
      ]);

      const statuses = [deleted.status, updated.status];
      expect([
        [204, 404],
        [412, 200],
      ]).toContainEqual(statuses);
      if (deleted.status === 204) await seed(app, { alex: {} });
    }
  });

  it('an update and a delete without conditions leave no trace of the deleted', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [deleted, updated] = await Promise.all([
        remove(),
        app.send('PATCH', ALEX, { devicesCount: round }),
      ]);

      expect(deleted.status).toBe(204);
      expect([200, 404]).toContain(updated.status);
      expect((await app.send('GET', ALEX)).status).toBe(404);
      await seed(app, { alex: {} });
    }
  });

  it('on one entity are all applied, each to what those before it left', async () => {
    const names = ['devicesCount', 'userDisplayName', 'userPrincipalName', 'status'] as const;
    const values = {
      devicesCount: 99,
      userDisplayName: 'D',
      userPrincipalName: 'P',
      status: 'error',
    };
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => {
        const name = names[i % 4]!;
        return app.send('PATCH', ALEX, { [name]: values[name] });
      }),
    );
    const tags = answers.map(({ headers }) => headers.get('etag'));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(tags).size).toBe(60);
    const found = await app.send('GET', ALEX);
    expect(found.body).toMatchObject(values);
    expect(answers.map(({ text }) => text)).toContain(found.text);
  });

  it('of every kind, in one group, fare each as alone', async () => {
    const [created, taken, updated, missing, deleted] = await Promise.all([
      app.send('POST', COLLECTION, userStatus({ id: 'new' })),
      app.send('POST', COLLECTION, userStatus({ id: 'bo' })),
      app.send('PATCH', ALEX, { devicesCount: 5 }),
      app.send('PATCH', `${COLLECTION}/nobody`, { devicesCount: 5 }),
      remove({}, `${COLLECTION}/bo`),
    ]);

    expect([created, taken, updated, missing].map(({ status }) => status)).toEqual([
      201,
      expect.any(Number),
      200,
      404,
    ]);
    expect([201, 409]).toContain(taken.status);
    expect(deleted.status).toBe(204);
  });
});

it('updates and deletes are still there after a restart', async () => {
  const first = await startTestApp();
  await seed(first, { alex: {}, bo: {} });
  const updated = await first.send('PATCH', ALEX, { userDisplayName: null, devicesCount: 7 });
  await first.send('DELETE', `${COLLECTION}/bo`);
  await first.stop();
  const again = await startTestApp({ DATA_DIR: first.dataDir });
  const alex = await again.send('GET', ALEX);
  const bo = await again.send('GET', `${COLLECTION}/bo`);
  await again.stop();
  await first.close();

  expect(alex.text.replaceAll(again.url, first.url)).toBe(updated.text);
  expect(bo.status).toBe(404);
});
