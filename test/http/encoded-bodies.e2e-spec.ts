/** Bodies that are compressed, and bodies in another charset. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { readRaw, sendRaw } from '../support/raw-socket.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const BODY_LIMIT = 65_536;
const BATCH_LIMIT = 1_048_576;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function post(
  body: Buffer | string,
  headers: Record<string, string>,
  path: string = COLLECTION,
): Promise<Answer> {
  return app.send('POST', path, body, headers);
}

/** A user status of so many bytes. */
function bodyOf(bytes: number, id = 'alex'): string {
  const least = JSON.stringify(userStatus({ id, '@padding': '' })).length;
  return JSON.stringify(userStatus({ id, '@padding': 'x'.repeat(bytes - least) }));
}

const SMALL = JSON.stringify(userStatus({ id: 'alex', userDisplayName: 'Zoë' }));
const BATCH = JSON.stringify({
  requests: [
    {
      id: '1',
      method: 'POST',
      url: COLLECTION,
      headers: { 'Content-Type': 'application/json' },
      body: userStatus({ id: 'alex', userDisplayName: 'Zoë' }),
    },
  ],
});
const MULTIPART = [
  '--b',
  'Content-Type: application/http',
  '',
  `POST ${COLLECTION} HTTP/1.1`,
  'Content-Type: application/json',
  '',
  SMALL,
  '--b--',
  '',
].join('\r\n');
const MULTIPART_TYPE = { 'content-type': 'multipart/mixed; boundary=b' };

describe('a compressed body', () => {
  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    [' identity, gzip ,', gzipSync],
    ['identity', (text) => Buffer.from(text)],
    ['', (text) => Buffer.from(text)],
  ])('is read: %p', async (coding, compress) => {
    const headers = { 'content-encoding': coding };
    const answers = [
      await post(compress(SMALL), headers),
      await post(compress(BATCH.replace('alex', 'bianca')), headers, '/v1.0/$batch'),
      await post(
        compress(MULTIPART.replace('alex', 'carl')),
        { ...headers, ...MULTIPART_TYPE },
        '/v1.0/$batch',
      ),
    ];
    const stored = await app.send('GET', `${COLLECTION}?$select=id,userDisplayName`);

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
    expect(stored.body).toMatchObject({
      value: ['alex', 'bianca', 'carl'].map((id) => ({ id, userDisplayName: 'Zoë' })),
    });
  });

  it.each([
    ['with a length, at once', false, Infinity],
    ['with a length, byte by byte', false, 1],
    ['in chunks, at once', true, Infinity],
    ['in chunks, byte by byte', true, 1],
  ])('is read however it arrives: %s', async (_name, isChunked, piece) => {
    const bytes = gzipSync(bodyOf(40_000));
    const size = Math.min(piece, bytes.length);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    const framing = isChunked
      ? 'Transfer-Encoding: chunked'
      : `Content-Length: ${String(bytes.length)}`;
    const sent = isChunked
      ? [
          ...pieces.flatMap((each) => [`${each.length.toString(16)}\r\n`, each, '\r\n']),
          '0\r\n\r\n',
        ]
      : pieces;

    expect(readRaw(await sendRaw(app.url, [toHead(framing), ...sent]))).toMatchObject({
      status: 201,
      body: { id: 'alex' },
    });
  });

  it.each<[string, string, number, string]>([
    ['a single body', COLLECTION, BODY_LIMIT, bodyOf(BODY_LIMIT)],
    [
      'a batch',
      '/v1.0/$batch',
      BATCH_LIMIT,
      BATCH + ' '.repeat(BATCH_LIMIT - Buffer.byteLength(BATCH)),
    ],
  ])('has the limit of %s when it is inflated', async (_name, path, limit, fitting) => {
    const headers = { 'content-encoding': 'gzip' };
    const bomb = gzipSync(Buffer.alloc(64 * limit, ' '));
    expect(bomb.length).toBeLessThan(limit);

    expect(await post(gzipSync(fitting), headers, path)).toMatchObject({
      status: path === COLLECTION ? 201 : 200,
    });
    for (const body of [gzipSync(`${fitting} `), bomb]) {
      expect(await post(body, headers, path)).toMatchObject({
        status: 413,
        body: { error: { code: 'RequestEntityTooLarge' } },
      });
    }
  });

  it('lets no item of a batch past the limit of a single body', async () => {
    const large = {
      requests: [
        {
          id: '1',
          method: 'POST',
          url: COLLECTION.replace('/v1.0', ''),
          headers: { 'Content-Type': 'application/json' },
          body: { ...(JSON.parse(SMALL) as object), '@x': 'x'.repeat(BODY_LIMIT) },
        },
      ],
    };
    for (const [body, headers] of [
      [Buffer.from(JSON.stringify(large)), {}],
      [gzipSync(JSON.stringify(large)), { 'content-encoding': 'gzip' }],
    ] as const) {
      expect(await post(body, headers, '/v1.0/$batch')).toMatchObject({
        status: 200,
        body: { responses: [{ status: 413 }] },
      });
    }
  });

  it('is not looked for where a request has none, whatever coding it names', async () => {
    const headers = { 'content-encoding': 'br' };

    expect((await app.send('GET', COLLECTION, undefined, headers)).status).toBe(200);
  });

  it('has the limit before it is inflated, too: one that inflates to nothing', async () => {
    // Empty blocks, of which there can be any number in front of the last.
    const empty = Buffer.alloc(5 * 14_000);
    for (let at = 0; at < empty.length; at += 5) empty.set([0, 0, 0, 0xff, 0xff], at);
    const bytes = Buffer.concat([gzipSync('').subarray(0, 10), empty]);
    const sent = [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n0\r\n\r\n'];

    expect(
      readRaw(await sendRaw(app.url, [toHead('Transfer-Encoding: chunked'), ...sent])),
    ).toMatchObject({
      status: 413,
    });
  });

  const gzip = gzipSync(SMALL);
  const deflate = deflateSync(SMALL);
  const damaged = Buffer.from(gzip);
  damaged[gzip.length - 6]! ^= 1;

  it.each<[string, string, Buffer]>([
    ['is not compressed', 'gzip', Buffer.from(SMALL)],
    ['is empty text', 'gzip', Buffer.from(' ')],
    ['ends too soon', 'gzip', gzip.subarray(0, -1)],
    ['ends in its head', 'gzip', gzip.subarray(0, 4)],
    ['has a wrong sum', 'gzip', damaged],
    ['has something behind it', 'gzip', Buffer.concat([gzip, Buffer.from('{"more":true}')])],
    ['has zeros behind it', 'gzip', Buffer.concat([gzip, Buffer.alloc(9)])],
    ['ends too soon', 'deflate', deflate.subarray(0, -1)],
    ['has something behind it', 'deflate', Buffer.concat([deflate, Buffer.from('{}')])],
    ['has no head of zlib', 'deflate', deflateRawSync(SMALL)],
    ['is gzip', 'deflate', gzip],
    ['is deflate', 'gzip', deflate],
  ])('is refused that %s, where %s is said', async (_name, coding, body) => {
    for (const [path, type] of [
      [COLLECTION, 'application/json'],
      ['/v1.0/$batch', 'application/json'],
      ['/v1.0/$batch', MULTIPART_TYPE['content-type']],
    ] as const) {
      expect(
        await post(body, { 'content-encoding': coding, 'content-type': type }, path),
      ).toMatchObject({
        status: 400,
        body: { error: { code: 'BadRequest', message: expect.stringContaining(`'${coding}'`) } },
      });
    }
    expect(await app.send('GET', `${COLLECTION}/$count`)).toMatchObject({ text: '0' });
  });

  it('is refused as JSON is where it is none inside', async () => {
    const body = gzipSync('{"id":1,"id":2}');

    expect(await post(body, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("'id' twice") } },
    });
  });

  it('of no bytes is no body', async () => {
    expect(await post(Buffer.alloc(0), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('empty') } },
    });
  });

  it.each(['br', 'zstd', 'compress', 'gzip, gzip', 'deflate, gzip', 'gzip;q=1', 'nonsense'])(
    'is refused with what is taken: %s',
    async (coding) => {
      for (const path of [COLLECTION, '/v1.0/$batch']) {
        const answer = await post(brotliCompressSync(SMALL), { 'content-encoding': coding }, path);

        expect(answer).toMatchObject({
          status: 415,
          body: {
            error: {
              code: 'UnsupportedMediaType',
              message: expect.stringContaining("'gzip' or 'deflate'"),
            },
          },
        });
        expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate');
      }
    },
  );

  it('is refused within a batch: the batch is what can be compressed', async () => {
    const item = { id: '1', method: 'POST', url: COLLECTION };
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const inJson = await app.send('POST', '/$batch', {
      requests: [{ ...item, headers, body: {} }],
    });
    const inMultipart = await post(
      MULTIPART.replace(`HTTP/1.1\r\n`, 'HTTP/1.1\r\nContent-Encoding: gzip\r\n'),
      MULTIPART_TYPE,
      '/$batch',
    );

    expect(inJson.body).toMatchObject({
      responses: [
        {
          status: 415,
          headers: { 'Accept-Encoding': 'identity' },
          body: { error: { message: expect.stringContaining('as a whole') } },
        },
      ],
    });
    expect(inMultipart.text).toContain('HTTP/1.1 415 ');
    expect(inMultipart.text).toContain('Accept-Encoding: identity');
  });
});

function toHead(framing: string): string {
  return `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n${framing}\r\nConnection: close\r\n\r\n`;
}

describe('a charset', () => {
  const refusal = {
    status: 415,
    body: {
      error: { code: 'UnsupportedMediaType', message: expect.stringMatching(/charset .*UTF-8/) },
    },
  };

  it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8'])('of UTF-8 is read: %s', async (charset) => {
    const type = `application/json;odata.metadata=minimal; charset=${charset}`;

    expect(await post(SMALL, { 'content-type': type })).toMatchObject({ status: 201 });
  });

  it.each(['iso-8859-1', '"ISO-8859-1"', 'windows-1252', 'utf-16', 'us-ascii', 'nonsense'])(
    'that is not UTF-8 is refused: %s',
    async (charset) => {
      const json = `application/json; charset=${charset}`;
      const latin1 = Buffer.from(SMALL, 'latin1');
      const inItem = await app.send('POST', '/v1.0/$batch', {
        requests: [
          {
            id: '1',
            method: 'POST',
            url: COLLECTION,
            headers: { 'content-type': json },
            body: userStatus(),
          },
        ],
      });
      const inPart = await post(
        MULTIPART.replace('application/json', json),
        MULTIPART_TYPE,
        '/v1.0/$batch',
      );

      expect(await post(latin1, { 'content-type': json })).toMatchObject(refusal);
      expect(await post(BATCH, { 'content-type': json }, '/v1.0/$batch')).toMatchObject(refusal);
      expect(
        await post(
          MULTIPART,
          { 'content-type': `multipart/mixed; boundary=b; charset=${charset}` },
          '/v1.0/$batch',
        ),
      ).toMatchObject(refusal);
      expect(
        await post(
          MULTIPART.replace('application/http', `application/http; charset=${charset}`),
          MULTIPART_TYPE,
          '/v1.0/$batch',
        ),
      ).toMatchObject(refusal);
      expect(inItem.body).toMatchObject({ responses: [refusal] });
      expect(inPart.text).toContain('HTTP/1.1 415 ');
      expect(await app.send('GET', `${COLLECTION}/$count`)).toMatchObject({ text: '0' });
    },
  );

  it('says nothing where there is no body', async () => {
    const type = { 'content-type': 'application/json; charset=iso-8859-1' };

    expect(await app.send('DELETE', `${COLLECTION}/nobody`, undefined, type)).toMatchObject({
      status: 404,
    });
  });
});

describe('a connection', () => {
  it.each<[string, string, string]>([
    ['malformed JSON', '', '{'],
    ['a name twice', '', '{"id":"1","id":"2"}'],
    ['another model', '', '{}'],
    ['blanks', '', ' '],
    ['broken gzip', 'Content-Encoding: gzip\r\n', '{}'],
  ])('stays open behind a body that is refused: %s', async (_name, header, body) => {
    const request = (connection: string) =>
      `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\n${header}Content-Length: ${String(body.length)}\r\nConnection: ${connection}\r\n\r\n${body}`;
    const answers = await sendRaw(app.url, request('keep-alive') + request('close'));

    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 400']);
    expect(answers.match(/^Connection: .+$/gim)).toEqual([
      expect.stringMatching(/keep-alive/i),
      expect.stringMatching(/close/i),
    ]);
  });

  it('stays open behind a body in another charset', async () => {
    const request = (connection: string) =>
      `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json;charset=latin1\r\nContent-Length: 2\r\nConnection: ${connection}\r\n\r\n{}`;
    const answers = await sendRaw(app.url, request('keep-alive') + request('close'));

    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415', 'HTTP/1.1 415']);
  });

  it('is closed behind a body of which there is more than was read', async () => {
    const head = `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\n`;
    const answer = await sendRaw(app.url, `${head}Content-Length: 100000\r\n\r\n{`);

    expect(readRaw(answer)).toMatchObject({ status: 413 });
    expect(answer).toMatch(/^connection: close/im);
  });
});
