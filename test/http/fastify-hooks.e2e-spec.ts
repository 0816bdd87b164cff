/** What is registered with Fastify (CORS, security headers, compression) is for every answer. */
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { onRequestHookHandler } from 'fastify';

import { HealthModule } from '../../src/health/health.module.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, CONFIGURATION, userStatus } from '../support/user-status.js';

const LARGE_PAGE = `${COLLECTION}?$top=1000`;
const batch = {
  requests: [
    { id: '1', method: 'GET', url: COLLECTION },
    { id: '2', method: 'GET', url: '/nothing' },
  ],
};
const largeBatch = { requests: [{ id: '1', method: 'GET', url: LARGE_PAGE }] };

/** One of each way by which the service answers. */
const ANSWERS: readonly [string, string, unknown, number][] = [
  ['GET', '/x/%E0%A4%A', undefined, 400],
  ['POST', COLLECTION, '{', 400],
  ['POST', COLLECTION, {}, 400],
  ['PUT', COLLECTION, undefined, 405],
  ['GET', '/nothing', undefined, 404],
  ['GET', `${COLLECTION}/nobody`, undefined, 404],
  ['HEAD', `${COLLECTION}/nobody`, undefined, 404],
  ['POST', '/v1.0/$batch', { requests: 1 }, 400],
  ['POST', COLLECTION, userStatus({ id: 'ALEX' }), 201],
  ['GET', `${COLLECTION}/ALEX`, undefined, 200],
  ['HEAD', `${COLLECTION}/ALEX`, undefined, 200],
  ['PATCH', `${COLLECTION}/ALEX`, { devicesCount: 2 }, 200],
  ['GET', COLLECTION, undefined, 200],
  ['GET', LARGE_PAGE, undefined, 200],
  ['HEAD', LARGE_PAGE, undefined, 200],
  ['POST', '/v1.0/$batch', batch, 200],
  ['POST', '/v1.0/$batch', largeBatch, 200],
  ['DELETE', `${COLLECTION}/ALEX`, undefined, 204],
  ['GET', '/$metadata', undefined, 200],
  ['GET', '/health/live', undefined, 200],
  ['GET', '/docs/swagger-ui-bundle.js', undefined, 200],
  ['HEAD', '/docs/swagger-ui-bundle.js', undefined, 200],
];

describe('a hook of Fastify that adds a header', () => {
  let app: NestApp;

  beforeAll(async () => {
    app = await startNestApp({}, (fastify) => {
      fastify.addHook('onSend', async (_request, reply) => {
        // It may take its time.
        await pause(1);
        reply.header('x-added', 'yes');
      });
    });
    await app.database.addRows({ configuration: CONFIGURATION, count: 1000, nameLength: 20 });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each(ANSWERS)('adds it to the answer of %s %s', async (method, path, body, status) => {
    const answer = await app.send(method, path, body);

    expect([answer.status, answer.headers.get('x-added')]).toEqual([status, 'yes']);
    expect(answer.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves one line of the log for each answer, and no warning', async () => {
    // Lines of a turn are written at its end.
    await pause(100);
    const log = app.logLines.join('');

    expect(log.match(/"msg":"request"/g)).toHaveLength(ANSWERS.length);
    expect(log).not.toMatch(/"level":[456]0/);
  });
});

describe('a hook of Fastify that changes bodies', () => {
  let app: NestApp;

  beforeAll(async () => {
    app = await startNestApp({}, (fastify) => {
      fastify.addHook('onSend', (_request, reply, payload, done) => {
        if (payload === undefined || payload === null) {
          done(null, payload);
          return;
        }
        reply.header('content-encoding', 'gzip').removeHeader('content-length');
        const source = payload instanceof Readable ? payload : Readable.from([payload]);
        done(null, source.pipe(createGzip()));
      });
    });
    await app.database.addRows({ configuration: CONFIGURATION, count: 1000, nameLength: 20 });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([
    ['small', `${COLLECTION}/k00000001`, /"id":"k00000001"/],
    ['large', LARGE_PAGE, /"id":"k00001000"/],
    ['refused', '/nothing', /ResourceNotFound/],
  ])('changes one that is %s', async (_name, path, text) => {
    const answer = await app.send('GET', path);

    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('content-length')).toBeNull();
    expect(answer.text).toMatch(text);
  });
});

/** The service with a hook that a module adds when it is made, as a plugin is registered. */
async function startWithHook(hook: onRequestHookHandler): Promise<NestApp> {
  const provider = {
    provide: 'hook',
    inject: [HttpAdapterHost],
    useFactory: ({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) => {
      httpAdapter.getInstance().addHook('onRequest', hook);
      return true;
    },
  };
  const providers = Reflect.getMetadata(MODULE_METADATA.PROVIDERS, HealthModule) as unknown[];
  Reflect.defineMetadata(MODULE_METADATA.PROVIDERS, [...providers, provider], HealthModule);
  try {
    return await startNestApp();
  } finally {
    Reflect.defineMetadata(MODULE_METADATA.PROVIDERS, providers, HealthModule);
  }
}

describe('a hook that comes before the checks of a request', () => {
  let app: NestApp;

  beforeAll(async () => {
    app = await startWithHook((request, reply, done) => {
      reply.header('x-added', 'yes');
      const status = Number(request.headers['x-fail'] ?? 0);
      if (request.headers['x-answer'] !== undefined) void reply.code(204).send();
      else if (status === 0) done();
      else {
        reply.header('retry-after', '7');
        done(Object.assign(new Error('SECRET'), { code: 'PLUGIN', statusCode: status }));
      }
    });
    await app.database.addRows({ configuration: CONFIGURATION, count: 1000, nameLength: 20 });
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([...ANSWERS, ['GET', `/${'x'.repeat(17_000)}`, undefined, 414] as const])(
    'adds its header to the answer of %.6s %.80s',
    async (method, path, body, status) => {
      const answer = await app.send(method, path, body);

      expect([answer.status, answer.headers.get('x-added')]).toEqual([status, 'yes']);
    },
  );

  it('adds its header to the answer to a stranger', async () => {
    const answer = await app.send('GET', COLLECTION, undefined, { authorization: '' });

    expect([answer.status, answer.headers.get('x-added')]).toEqual([401, 'yes']);
  });

  it('may answer by itself, as CORS does', async () => {
    const answer = await app.send('OPTIONS', COLLECTION, undefined, { 'x-answer': 'yes' });

    expect([answer.status, answer.headers.get('x-added')]).toEqual([204, 'yes']);
  });

  it.each([
    [503, 'ServiceUnavailable'],
    [429, 'TooManyRequests'],
  ])('may refuse with %d, as a limit of load does', async (status, code) => {
    const before = app.logLines.length;
    const answer = await app.send('GET', COLLECTION, undefined, { 'x-fail': String(status) });
    await pause(100);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code } });
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.text).not.toContain('SECRET');
    expect(app.logLines.slice(before).join('')).not.toMatch(/"level":50|"stack"/);
  });
});
