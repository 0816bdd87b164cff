/** The envelope of a JSON batch, as generously as Graph reads it (contract, section 5). */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const RELATIVE = COLLECTION.replace('/v1.0', '');
const JSON_TYPE = { 'Content-Type': 'application/json' };

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function send(batch: unknown) {
  return app.send('POST', '/v1.0/$batch', batch);
}

const READ = { id: '1', method: 'GET', url: RELATIVE };

describe('the envelope of a batch', () => {
  it('may have integers for ids, and answers them as text', async () => {
    const batch = {
      requests: [
        { ...READ, id: 2, dependsOn: [1.0] },
        { id: 1, method: 'POST', url: RELATIVE, headers: JSON_TYPE, body: userStatus() },
        { ...READ, id: -3, dependsOn: ['2', 1] },
      ],
    };

    expect(await send(batch)).toMatchObject({
      status: 200,
      body: {
        responses: [
          { id: '2', status: 200 },
          { id: '1', status: 201 },
          { id: '-3', status: 200 },
        ],
      },
    });
  });

  it('may spell its members in any case, but not those of the bodies', async () => {
    const batch = {
      Requests: [
        {
          Id: 1,
          Method: 'Post',
          URL: RELATIVE,
          Headers: { 'CONTENT-TYPE': 'application/json' },
          BODY: userStatus({ id: 'alex' }),
        },
        { ID: 2, method: 'get', Url: `${RELATIVE}/alex`, DependsOn: [1] },
        {
          id: 3,
          method: 'pOST',
          url: RELATIVE,
          headers: JSON_TYPE,
          body: { ...userStatus(), Status: 'error' },
        },
      ],
    };

    expect(await send(batch)).toMatchObject({
      status: 200,
      body: {
        responses: [
          { id: '1', status: 201 },
          { id: '2', status: 200, body: { id: 'alex' } },
          { id: '3', status: 400, body: { error: { target: 'Status' } } },
        ],
      },
    });
  });

  it.each<[string, unknown, string]>([
    ['two spellings of its list', { requests: [READ], Requests: [READ] }, "'Requests'"],
    ['two spellings of an id', { requests: [{ ...READ, ID: '1' }] }, "'ID'"],
    ['two spellings of a body', { requests: [{ ...READ, body: null, Body: null }] }, "'Body'"],
    ['a fraction for an id', { requests: [{ ...READ, id: 1.5 }] }, "'id'"],
    ['a number that is not exact', { requests: [{ ...READ, id: 2 ** 53 }] }, "'id'"],
    ['true for an id', { requests: [{ ...READ, id: true }] }, "'id'"],
    ['a number and the same as text', { requests: [READ, { ...READ, id: 1 }] }, 'Request Id 1 has'],
    ['a fraction in dependsOn', { requests: [{ ...READ, dependsOn: [1.5] }] }, "'dependsOn'"],
    ['a list in dependsOn', { requests: [{ ...READ, dependsOn: [['1']] }] }, "'dependsOn'"],
    ['a number for a method', { requests: [{ ...READ, method: 1 }] }, "'method'"],
    ['an unknown member in capitals', { requests: [{ ...READ, VERB: 'GET' }] }, "'VERB'"],
    ['another prototype', '{"requests":[],"__proto__":1}', "'__proto__'"],
  ])('is refused as a whole with %s', async (_name, batch, message) => {
    expect(await send(batch)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(message) } },
    });
  });

  it.each(['if', 'IF'])('is refused by name with what is not done: %s', async (name) => {
    expect(await send({ requests: [{ ...READ, [name]: '$1/$succeeded' }] })).toMatchObject({
      status: 501,
      body: { error: { code: 'NotImplemented', target: name } },
    });
  });

  it.each([
    ['a list of requests', [READ]],
    ['a request alone', READ],
  ])('is shown to who sends %s instead', async (_name, batch) => {
    expect(await send(batch)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('{"requests":[') } },
    });
  });

  it('is what a list of entities is told to be sent in', async () => {
    expect(await app.send('POST', COLLECTION, [userStatus()])).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining('$batch') } },
    });
  });
});

describe('what a request of a batch names by $id', () => {
  const made = {
    id: '1',
    method: 'POST',
    url: RELATIVE,
    headers: JSON_TYPE,
    body: userStatus({ id: 'alex' }),
  };

  it.each<[string, object, number, string]>([
    ['a request it does not depend on', { url: '/$1' }, 404, "'dependsOn'"],
    ['no request', { url: '$9/status', dependsOn: ['1'] }, 404, "the id '9'"],
    ['a request that made nothing', { url: '$0', dependsOn: ['0'] }, 404, "'0'"],
    [
      'an entity tag',
      { headers: { 'If-Match': '$1' }, dependsOn: ['1'] },
      501,
      "'If-Match: $1' is not supported",
    ],
    [
      'an entity tag that there must not be',
      { headers: { 'if-none-match': '$1' } },
      501,
      "'If-None-Match: $1' is not supported",
    ],
  ])('is refused with what to do: %s', async (_name, more, status, message) => {
    const { body } = await send({
      requests: [{ ...READ, id: '0' }, made, { ...READ, id: '2', ...more }],
    });

    expect(body).toMatchObject({
      responses: [
        { id: '0', status: 200 },
        { id: '1', status: 201 },
        { id: '2', status, body: { error: { message: expect.stringContaining(message) } } },
      ],
    });
  });
});
