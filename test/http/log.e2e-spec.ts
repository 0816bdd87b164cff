/** What a line of the log tells of who was refused, and why. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { readRaw, sendRaw } from '../support/raw-socket.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: OwnTestApp;

beforeAll(async () => {
  app = await startTestApp({ LOG_LEVEL: 'info' });
});

beforeEach(async () => {
  await app.takeLog();
});

afterAll(async () => {
  await app.close();
});

/** The lines of requests, when the service has written them. */
async function readLines(): Promise<Record<string, unknown>[]> {
  return (await app.takeLog())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request');
}

describe('a line of the log', () => {
  it.each([
    [
      'an unknown property',
      () => app.send('POST', COLLECTION, userStatus({ secret: 'SECRET' })),
      { code: 'ModelValidationFailure', target: 'secret', reason: "There is no property '…'." },
    ],
    [
      'a wrong filter',
      () => app.send('GET', `${COLLECTION}?$filter=status eq 'SECRET'`),
      { code: 'BadRequest', target: '$filter' },
    ],
    [
      'a body that is no JSON',
      () => app.send('POST', COLLECTION, '{"id": SECRET}'),
      { code: 'BadRequest' },
    ],
    [
      'an entity that is not there',
      () => app.send('GET', `${COLLECTION}/SECRET`),
      { code: 'ResourceNotFound' },
    ],
    [
      'a permission that the token lacks',
      () =>
        app.send('POST', COLLECTION, userStatus({ id: 'SECRET' }), {
          authorization: `Bearer ${app.readToken}`,
        }),
      { code: 'Forbidden' },
    ],
  ])('tells who was refused and why, and no values: %s', async (_what, send, expected) => {
    const answer = await send();
    const lines = await readLines();

    expect(lines).toMatchObject([
      {
        requestId: answer.headers.get('request-id'),
        status: answer.status,
        subject: 'test',
        address: '127.0.0.1',
        reason: expect.stringMatching(/./),
        ...expected,
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('SECRET');
  });

  it('tells the address alone of who has no token', async () => {
    const answer = await app.send('GET', COLLECTION, undefined, { authorization: null });
    const [line] = await readLines();

    expect(line).toMatchObject({
      requestId: answer.headers.get('request-id'),
      address: '127.0.0.1',
      code: 'InvalidAuthenticationToken',
      reason: expect.stringContaining('Access token is missing'),
    });
    expect(line).not.toHaveProperty('subject');
  });

  it.each([
    ['bytes that are no HTTP', 'NONSENSE\r\n\r\n', 400, 'BadRequest'],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\n\r\n', 405, 'MethodNotAllowed'],
    [
      'a URL that is not encoded',
      'GET /x/%E0%A4%A HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
      'BadRequest',
    ],
  ])('is there for what never became a request: %s', async (_what, bytes, status, code) => {
    const { head } = readRaw(await sendRaw(app.url, bytes));
    const [, requestId] = /^request-id: (.+)$/m.exec(head)!;

    expect(await readLines()).toMatchObject([
      { requestId: requestId!.trim(), status, code, address: '127.0.0.1' },
    ]);
  });
});
