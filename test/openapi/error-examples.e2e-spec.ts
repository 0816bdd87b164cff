/** The errors that the document shows are those that the service makes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject, ResponseObject } from '@nestjs/swagger';

import { ERROR_STATUS, type ErrorCode } from '../../src/errors/graph-error.js';
import { readAnswer, type Answer } from '../support/client.js';
import { shapeOf } from '../support/openapi.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { startService } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: TestApp;
let examples: Record<string, { value: ErrorExample }>;

interface ErrorExample {
  error: { code: string; target?: string };
}

beforeAll(async () => {
  app = await borrowTestApp();
  const document = (await app.send('GET', '/openapi.json')).body as OpenAPIObject;
  const responses = Object.values(document.components!.responses!) as ResponseObject[];
  const shown = responses.flatMap(({ content }) =>
    Object.entries(content?.['application/json']?.examples ?? {}),
  );
  examples = Object.fromEntries(shown) as typeof examples;
});

/** The parts of an answer that the example of its code has to have. */
type Made = Pick<Answer, 'status' | 'body'>;

const MAKERS: Partial<Record<ErrorCode, () => Promise<Made>>> = {
  BadRequest: () => app.send('GET', `${COLLECTION}?$first=1`),
  ModelValidationFailure: () => app.send('POST', COLLECTION, userStatus({ devicesCount: '12' })),
  InvalidAuthenticationToken: () => app.send('GET', COLLECTION, undefined, { authorization: null }),
  Forbidden: () =>
    app.send('POST', COLLECTION, userStatus(), { authorization: `Bearer ${app.readToken}` }),
  ResourceNotFound: () => app.send('GET', `${COLLECTION}/alex`),
  NotAcceptable: () => app.send('GET', COLLECTION, undefined, { accept: 'application/xml' }),
  Conflict: async () => {
    await app.send('POST', COLLECTION, userStatus({ id: 'alex' }));
    return app.send('POST', COLLECTION, userStatus({ id: 'alex' }));
  },
  Gone: () => app.send('GET', `${COLLECTION}?$skiptoken=x`),
  PreconditionFailed: () => app.send('GET', COLLECTION, undefined, { 'if-match': 'W/"x"' }),
  RequestEntityTooLarge: () => app.send('POST', COLLECTION, ' '.repeat(70_000)),
  UriTooLong: () => app.send('GET', `/${'x'.repeat(17_000)}`),
  UnsupportedMediaType: () => app.send('POST', COLLECTION, '<a/>', { 'content-type': 'text/xml' }),
  RequestHeaderFieldsTooLarge: () =>
    app.send('GET', '/', undefined, { 'x-large': 'x'.repeat(40_000) }),
  NotImplemented: () => app.send('GET', `${COLLECTION}?$expand=x`),

  async RequestTimeout() {
    const slow = await startTestApp({ REQUEST_TIMEOUT_SECONDS: '1' });
    const response = await sendRaw(slow.url, 'GET / HTTP/1.1\r\nHost: localhost\r\n');
    await slow.close();
    return readRaw(response);
  },

  async TooManyRequests() {
    const limited = await startTestApp({ RATE_LIMIT: '1/1/3600' });
    await limited.send('POST', COLLECTION, userStatus());
    const answer = await limited.send('POST', COLLECTION, userStatus());
    await limited.close();
    return answer;
  },

  InternalServerError: () => readBroken(`${COLLECTION}/alex`),
  ServiceUnavailable: () => readBroken('/health/ready'),

  async InsufficientStorage() {
    const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
    const { url, child, finished } = await startService({
      DATA_DIR: dataDir,
      MAX_PAGES: '40',
      NODE_OPTIONS: `--import ${new URL('../support/full-disk.mjs', import.meta.url).href}`,
    });
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify(userStatus({ userDisplayName: 'x'.repeat(1024) }));
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () =>
        readAnswer(await fetch(url + COLLECTION, { method: 'POST', headers, body })),
      ),
    );
    child.kill('SIGTERM');
    await finished;
    rmSync(dataDir, { recursive: true });
    return answers.find(({ status }) => status !== 201)!;
  },
};

/** What a service without its table answers. */
async function readBroken(path: string): Promise<Answer> {
  const broken = await startTestApp();
  await broken.send('POST', COLLECTION, userStatus());
  await broken.database.query('DROP TABLE user_status');
  const answer = await broken.send('GET', path);
  await broken.close();
  return answer;
}

describe('the example of an error', () => {
  it.each(Object.keys(MAKERS) as ErrorCode[])(
    '%s has the status, the code, the target and the members of a real one',
    async (code) => {
      const { status, body } = await MAKERS[code]!();
      const { value } = examples[code]!;
      const { error } = body as ErrorExample;

      expect(shapeOf(body)).toEqual(shapeOf(value));
      expect([status, error.code, error.target]).toEqual([
        ERROR_STATUS[code],
        value.error.code,
        value.error.target,
      ]);
      expect(value.error.code).toBe(code);
    },
  );

  it('is there for every code that the document has, and each of them was made', () => {
    expect(Object.keys(examples).sort()).toEqual(Object.keys(MAKERS).sort());
  });
});
