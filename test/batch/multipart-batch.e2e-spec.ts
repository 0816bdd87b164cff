import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { signToken } from '../support/sign-token.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const RELATIVE = COLLECTION.replace('/v1.0/', '');

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

function send(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const type = { 'content-type': 'multipart/mixed; boundary=batch' };
  return app.send('POST', '/v1.0/$batch', body, { ...type, ...headers });
}

function multipart(parts: readonly string[], boundary = 'batch'): string {
  return `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
}

function part(id: string | undefined, request: string): string {
  const contentId = id === undefined ? '' : `Content-ID: ${id}\r\n`;
  return `Content-Type: application/http\r\n${contentId}\r\n${request}\r\n`;
}

function write(line: string, body: unknown, headers = ''): string {
  return `${line} HTTP/1.1\r\nContent-Type: application/json\r\n${headers}\r\n${JSON.stringify(body)}`;
}

function create(id: string, changes: Record<string, unknown> = {}): string {
  return write(`POST ${RELATIVE}`, userStatus({ id, ...changes }));
}

function get(url: string): string {
  return `GET ${url} HTTP/1.1\r\n`;
}

function changeSet(...parts: string[]): string {
  return `Content-Type: multipart/mixed; boundary=set\r\n\r\n${multipart(parts, 'set')}`;
}

/** The HTTP responses in a multipart answer: Content-ID, status and JSON of each; those of a change set in a list of their own. */
function responsesOf(text: string, contentType: string): unknown[] {
  const boundary = /boundary=(.+)$/.exec(contentType)![1]!;
  expect(text.endsWith(`--${boundary}--\r\n`)).toBe(true);
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((each) => {
      const [, head = '', inner = ''] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(each)!;
      const type = /^Content-Type: (.+)$/m.exec(head)![1]!;
      if (type.startsWith('multipart/')) return responsesOf(inner, type);
      const [, status, rest = ''] = /^HTTP\/1\.1 (\d+) [^\r]+\r\n(.*)$/s.exec(inner)!;
      const body = rest.slice(rest.indexOf('\r\n\r\n') + 4);
      const isJson = /^Content-Type: application\/json/m.test(rest);
      return {
        id: /^Content-ID: (.+)$/m.exec(head)?.[1],
        status: Number(status),
        body: isJson ? (JSON.parse(body) as unknown) : body,
      };
    });
}

async function run(parts: readonly string[], headers: Record<string, string> = {}) {
  const answer = await send(multipart(parts), headers);
  expect(answer).toMatchObject({ status: 200 });
  return responsesOf(answer.text, answer.headers.get('content-type')!);
}

async function storedIds(): Promise<string[]> {
  const { body } = await app.send('GET', `${COLLECTION}?$select=id`);
  return (body as { value: { id: string }[] }).value.map(({ id }) => id);
}

describe('a multipart batch that is none', () => {
  it.each([
    ['nothing', '', '', 'closing boundary'],
    [
      'no boundary in its type',
      multipart([part('1', get(RELATIVE))]),
      'multipart/mixed',
      'boundary',
    ],
    ['no part', '--batch--\r\n', '', '1 to 100'],
    [
      'a part that is no request',
      multipart(['Content-Type: text/plain\r\n\r\nx']),
      '',
      'application/http',
    ],
    ['a part without a type', multipart(['\r\nGET x HTTP/1.1']), '', 'application/http'],
    ['a part without a request line', multipart([part('1', 'x')]), '', 'GET url HTTP/1.1'],
    ['HTTP/2', multipart([part('1', 'GET x HTTP/2')]), '', 'GET url HTTP/1.1'],
    [
      'a malformed header',
      multipart([part('1', 'GET x HTTP/1.1\r\nx\r\n')]),
      '',
      'no header field',
    ],
    [
      'headers of more than 32 KiB',
      multipart([
        part('1', `GET ${RELATIVE} HTTP/1.1\r\n${`a: ${'x'.repeat(16_400)}\r\n`.repeat(2)}`),
      ]),
      '',
      '32768 bytes',
    ],
    [
      'more than 32 KiB of headers in front of a request',
      multipart([`X: ${'x'.repeat(32_800)}\r\n${part('1', get(RELATIVE))}`]),
      '',
      '32768 bytes',
    ],
    [
      '101 requests',
      multipart(Array.from({ length: 101 }, () => part(undefined, create('x')))),
      '',
      '1 to 100',
    ],
    [
      '100 requests and a change set',
      multipart([
        ...Array.from({ length: 100 }, () => part(undefined, create('x'))),
        changeSet(part('1', create('y'))),
      ]),
      '',
      '1 to 100',
    ],
    [
      'a change set without a boundary in its type',
      multipart(['Content-Type: multipart/mixed\r\n\r\nx']),
      '',
      'boundary=…',
    ],
    ['an empty change set', multipart([changeSet()]), '', '1 to 100'],
    [
      'one id twice',
      multipart([part('a', get(RELATIVE)), changeSet(part('A', create('x')))]),
      '',
      'Request Id A has to be unique',
    ],
    ['a GET in a change set', multipart([changeSet(part('1', get(RELATIVE)))]), '', "'GET'"],
    [
      'a change set in a change set',
      multipart([changeSet(changeSet(part('1', create('x'))))]),
      '',
      'another change set',
    ],
  ])('is refused as a whole: %s', async (_name, body, type, message) => {
    const answer = await send(body, type === '' ? {} : { 'content-type': type });

    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(message) } },
    });
    expect(await storedIds()).toEqual([]);
  });

  it('is no body of any other resource', async () => {
    const headers = { 'content-type': 'multipart/mixed; boundary=batch' };

    expect(await app.send('POST', COLLECTION, multipart([]), headers)).toMatchObject({
      status: 415,
    });
  });
});

describe('a multipart batch', () => {
  it('answers each part in its order, and names what an earlier one has made', async () => {
    const responses = await run([
      part('1', create('ä')),
      part('2', write('PATCH $1', { userDisplayName: 'Zoë' })),
      part(undefined, get(`/v1.0/${RELATIVE}?$select=userDisplayName`)),
      part('4', get(`${app.url}/beta/${RELATIVE}/$count`)),
      part('5', `DELETE $1 HTTP/1.1\r\n\r\n`),
    ]);

    expect(responses).toMatchObject([
      { id: '1', status: 201, body: { id: 'ä' } },
      { id: '2', status: 200, body: { userDisplayName: 'Zoë' } },
      { id: undefined, status: 200, body: { value: [{ userDisplayName: 'Zoë' }] } },
      { id: '4', status: 200, body: '1' },
      { id: '5', status: 204, body: '' },
    ]);
  });

  it.each([
    ['text/plain', 406, 'json'],
    ['multipart/*;q=0', 406, 'json'],
    ['application/json;odata.metadata=some', 406, 'json'],
    ['multipart/mixed', 200, 'multipart/mixed'],
    ['*/*', 200, 'multipart/mixed'],
    ['application/json, text/plain, */*', 200, 'multipart/mixed'],
    ['application/json;q=0.5, multipart/mixed;q=0.5', 200, 'multipart/mixed'],
    ['application/json', 200, 'application/json'],
    ['multipart/mixed;q=0, */*', 200, 'application/json'],
    ['application/json, multipart/mixed;q=0.5', 200, 'application/json'],
  ])(
    'is answered in the format that is accepted, its own first, or not at all: %s',
    async (accept, status, type) => {
      const answer = await send(multipart([part('1', create('x'))]), { accept });

      expect(answer).toMatchObject({ status });
      expect(answer.headers.get('content-type')).toContain(type);
      expect(await storedIds()).toHaveLength(status === 200 ? 1 : 0);
    },
  );

  it.each([
    ['json', 200, 'application/json'],
    ['application/json', 200, 'application/json'],
    ['xml', 406, 'application/json'],
  ])(
    'is answered in the format of $format=%s, whatever is accepted',
    async (format, status, type) => {
      const body = multipart([part('1', create('x'))]);
      const answer = await app.send('POST', `/v1.0/$batch?$format=${format}`, body, {
        'content-type': 'multipart/mixed; boundary=batch',
        accept: 'multipart/mixed',
      });

      expect(answer).toMatchObject({ status });
      expect(answer.headers.get('content-type')).toContain(type);
    },
  );

  it('is answered in JSON as in its own format: in order, and change sets by name', async () => {
    const parts = [
      part('1', create('a')),
      part(undefined, get(`${RELATIVE}/$count`)),
      changeSet(part('3', create('b')), part('4', `DELETE ${RELATIVE}/a HTTP/1.1\r\n`)),
      changeSet(part('5', create('c')), part('6', create('b'))),
      part('7', get('$3/status/$value')),
      part('8', get('nowhere')),
      part('9', get(RELATIVE)),
    ];
    const headers = { accept: 'application/json', prefer: 'continue-on-error' };
    const answer = await send(multipart(parts), headers);
    const { responses } = answer.body as { responses: Record<string, string>[] };
    const [first, , third, fourth, fifth, sixth] = responses;

    expect(answer.headers.get('preference-applied')).toBe('odata.continue-on-error');
    expect(responses).toMatchObject([
      { id: '1', status: 201, headers: { ETag: expect.stringMatching(/^W/) }, body: { id: 'a' } },
      { status: 200, body: '1' },
      { id: '3', status: 201, body: { id: 'b' } },
      { id: '4', status: 204 },
      { id: '5', status: 424, body: { error: { code: 'FailedDependency' } } },
      { id: '6', status: 409, body: { error: { code: 'Conflict' } } },
      { id: '7', status: 200, body: 'notApplicable' },
      { id: '8', status: 404 },
      { id: '9', status: 200, body: { value: [{ id: 'b' }] } },
    ]);
    expect(first).not.toHaveProperty('atomicityGroup');
    expect(responses[1]).not.toHaveProperty('id');
    expect([third!.atomicityGroup, fifth!.atomicityGroup]).toEqual([
      fourth!.atomicityGroup,
      sixth!.atomicityGroup,
    ]);
    expect(third!.atomicityGroup).toMatch(/./);
    expect(third!.atomicityGroup).not.toBe(fifth!.atomicityGroup);
  });

  it('stops in JSON, too, at the first part that fails', async () => {
    const parts = [part('1', create('a')), part('2', create('a')), part('3', create('c'))];

    expect(await send(multipart(parts), { accept: 'application/json' })).toMatchObject({
      body: {
        responses: [
          { id: '1', status: 201 },
          { id: '2', status: 409 },
        ],
      },
    });
  });

  it('stops at the first part that fails', async () => {
    const parts = [part('1', create('a')), part('2', create('a')), part('3', create('c'))];

    expect(await run(parts)).toMatchObject([{ status: 201 }, { status: 409 }]);
    expect(await storedIds()).toEqual(['a']);
  });

  it.each(['continue-on-error', 'odata.continue-on-error=true'])(
    'goes on with %s',
    async (prefer) => {
      const parts = [part('1', create('a')), part('2', create('a')), part('3', create('c'))];
      const answer = await send(multipart(parts), { prefer });

      expect(answer.headers.get('preference-applied')).toBe('odata.continue-on-error');
      expect(responsesOf(answer.text, answer.headers.get('content-type')!)).toMatchObject([
        { status: 201 },
        { status: 409 },
        { status: 201 },
      ]);
      expect(await storedIds()).toEqual(['a', 'c']);
    },
  );

  it('refuses a part alone that a single call would be refused with', async () => {
    const parts = [
      part(
        '1',
        `POST ${RELATIVE} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"id":1,"id":2}`,
      ),
      part('2', `POST ${RELATIVE} HTTP/1.1\r\n\r\n{}`),
      part('3', `POST ${RELATIVE} HTTP/1.1\r\nContent-Type: application/xml\r\n\r\n<a/>`),
      part('4', get('$batch')),
      part('5', get('$9')),
      part('6', create('a', { devicesCount: 1e10 })),
    ];

    expect(await run(parts, { prefer: 'continue-on-error' })).toMatchObject([
      { status: 400, body: { error: { message: expect.stringContaining("'id' twice") } } },
      { status: 400, body: { error: { message: expect.stringContaining('Content-Type') } } },
      { status: 415 },
      { status: 400 },
      { status: 404, body: { error: { message: expect.stringContaining("the id '9'") } } },
      { status: 400, body: { error: { target: 'devicesCount' } } },
    ]);
  });
});

describe('a change set', () => {
  it('is stored as a whole, by one commit', async () => {
    await run([part('0', create('old'))]);
    let responses: unknown;
    const commits = await app.database.countCommits(async () => {
      responses = await run([
        changeSet(
          part('1', create('new')),
          part('2', write(`PATCH ${RELATIVE}/old`, { devicesCount: 7 })),
          part('3', create('gone')),
          part('4', `DELETE ${RELATIVE}/gone HTTP/1.1\r\n`),
        ),
      ]);
    });

    expect(responses).toMatchObject([
      [
        { id: '1', status: 201, body: { id: 'new' } },
        { id: '2', status: 200, body: { devicesCount: 7 } },
        { id: '3', status: 201 },
        { id: '4', status: 204 },
      ],
    ]);
    expect(commits).toBe(1);
    expect(await storedIds()).toEqual(['new', 'old']);
  });

  it.each<[string, string, number]>([
    ['is found malformed', part('2', write(`POST ${RELATIVE}`, {})), 400],
    ['has an id that is taken', part('2', create('old')), 409],
    ['changes what is not there', part('2', write(`PATCH ${RELATIVE}/x`, {})), 404],
    [
      'names another entity tag',
      part('2', write(`PATCH ${RELATIVE}/old`, {}, 'If-Match: "x"\r\n')),
      412,
    ],
    ['has a path that is nothing', part('2', write('POST nowhere', {})), 404],
    ['names what the change set makes', part('2', write('PATCH $1', {})), 404],
    [
      'names an entity tag by $id',
      part('2', write(`PATCH ${RELATIVE}/old`, {}, 'If-Match: $0\r\n')),
      501,
    ],
  ])('is not stored at all where one request %s', async (_name, failing, status) => {
    await run([part('0', create('old'))]);
    const responses = await run(
      [
        changeSet(
          part('1', create('new')),
          failing,
          part('3', `DELETE ${RELATIVE}/old HTTP/1.1\r\n`),
        ),
        part('4', create('behind')),
      ],
      { prefer: 'continue-on-error' },
    );

    expect(responses).toMatchObject([
      { id: '2', status, body: { error: {} } },
      { id: '4', status: 201 },
    ]);
    expect(await storedIds()).toEqual(['behind', 'old']);
  });

  it('is stored in the order of its requests, however long each takes to be checked', async () => {
    await run([part('0', create('old'))]);
    const token = await signToken(app, 'another');
    const responses = await run([
      changeSet(
        part(
          '1',
          write(`PATCH ${RELATIVE}/old`, { devicesCount: 1 }, `Authorization: Bearer ${token}\r\n`),
        ),
        part('2', write(`PATCH ${RELATIVE}/old`, { devicesCount: 2 })),
      ),
    ]);

    expect(responses).toMatchObject([[{ status: 200 }, { status: 200 }]]);
    expect(await app.send('GET', `${COLLECTION}/old`)).toMatchObject({ body: { devicesCount: 2 } });
  });

  it('does not hold up, or take with it, what others write meanwhile', async () => {
    const parts = [changeSet(part('1', create('a')), part('2', create('a')))];
    const [responses, alone] = await Promise.all([
      run(parts),
      app.send('POST', COLLECTION, userStatus({ id: 'alone' })),
    ]);

    expect(responses).toMatchObject([{ id: '2', status: 409 }]);
    expect(alone.status).toBe(201);
    expect(await storedIds()).toEqual(['alone']);
  });
});
