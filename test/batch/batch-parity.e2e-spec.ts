/** One request, sent alone and in either format of a batch: the answer is the same. */
import { beforeAll, expect, it } from '@jest/globals';

import { sendRaw } from '../support/raw-socket.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { userStatus } from '../support/user-status.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

interface Request {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

interface Response {
  status: number;
  /** Those that say something of the answer, and not of the connection, by name in lower case. */
  headers: Record<string, string>;
  body: string;
}

let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
});

it.each<[string, Request]>([
  ['a create', { method: 'POST', url: 'userStatuses', headers: JSON_TYPE, body: userStatus() }],
  [
    'a create that answers little',
    {
      method: 'POST',
      url: 'userStatuses',
      headers: { ...JSON_TYPE, Prefer: 'return=minimal' },
      body: userStatus(),
    },
  ],
  [
    'a create of what is there',
    { method: 'POST', url: 'userStatuses', headers: JSON_TYPE, body: userStatus({ id: 'alex' }) },
  ],
  [
    'a create with two faults',
    { method: 'POST', url: 'userStatuses', headers: JSON_TYPE, body: { status: 'x', admin: 1 } },
  ],
  ['a create of nothing', { method: 'POST', url: 'userStatuses' }],
  ['a create of no bytes', { method: 'POST', url: 'userStatuses', headers: JSON_TYPE }],
  ['a create of a list', { method: 'POST', url: 'userStatuses', headers: JSON_TYPE, body: [] }],
  [
    'a body as large as a body may be',
    {
      method: 'POST',
      url: 'userStatuses',
      headers: JSON_TYPE,
      body: padded(65_536),
    },
  ],
  [
    'a body that is too large',
    { method: 'POST', url: 'userStatuses', headers: JSON_TYPE, body: padded(65_537) },
  ],
  ...[
    'APPLICATION/JSON;CHARSET=UTF-8',
    'application/json ;charset',
    'application/json, text/plain',
    'application/json;charset=iso-8859-1',
    'application/json x',
    'application/json-patch+json',
    'multipart/mixed; boundary=a',
    'json',
  ].map((type): [string, Request] => [
    `a body of the type ${type}`,
    {
      method: 'POST',
      url: 'userStatuses',
      headers: { 'Content-Type': type },
      body: userStatus(),
    },
  ]),
  ['a page', { method: 'GET', url: "userStatuses?$filter=id%20eq%20'alex'&$count=true" }],
  ['a malformed filter', { method: 'GET', url: 'userStatuses?$filter=x' }],
  ['a count', { method: 'GET', url: 'userStatuses/$count' }],
  ['a property', { method: 'GET', url: 'userStatuses/alex/status' }],
  ['a raw value', { method: 'GET', url: "userStatuses('alex')/userDisplayName/$value" }],
  ['an overview', { method: 'GET', url: 'userStatusOverview' }],
  ['the head of an entity', { method: 'HEAD', url: 'userStatuses/alex' }],
  ['the head of nothing', { method: 'HEAD', url: 'userStatuses/nobody', headers: {} }],
  [
    'an entity that the caller has',
    { method: 'GET', url: 'userStatuses/alex', headers: { 'if-none-match': ' * ' } },
  ],
  [
    'a GET with a body',
    { method: 'GET', url: 'userStatuses/alex', headers: { 'Content-Type': 'text/plain' }, body: 1 },
  ],
  [
    'no metadata',
    {
      method: 'GET',
      url: 'userStatuses/alex',
      headers: { Accept: 'application/json;metadata=none' },
    },
  ],
  [
    'XML alone',
    { method: 'GET', url: 'userStatuses/alex', headers: { Accept: 'application/xml' } },
  ],
  [
    'a version of OData that is not spoken',
    { method: 'GET', url: 'userStatuses', headers: { 'OData-MaxVersion': '3.0' } },
  ],
  [
    'versions of OData with what .NET adds',
    {
      method: 'GET',
      url: 'userStatuses',
      headers: { 'OData-Version': '4.0;NetFx', 'OData-MaxVersion': '4.0;NetFx' },
    },
  ],
  ['empty segments', { method: 'GET', url: '/userStatuses/alex//status' }],
  ['an empty key', { method: 'DELETE', url: 'userStatuses//alex' }],
  ['isolation', { method: 'GET', url: 'userStatuses', headers: { 'OData-Isolation': 'snapshot' } }],
  [
    'an update',
    { method: 'PATCH', url: 'userStatuses/alex', headers: JSON_TYPE, body: { devicesCount: 1 } },
  ],
  [
    'an update of another state',
    {
      method: 'PATCH',
      url: 'userStatuses/alex',
      headers: { ...JSON_TYPE, 'If-Match': 'W/"0"' },
      body: { devicesCount: 1 },
    },
  ],
  [
    'an upsert',
    {
      method: 'PATCH',
      url: 'userStatuses/bianca',
      headers: { ...JSON_TYPE, Prefer: 'create-if-missing' },
      body: userStatus(),
    },
  ],
  ['a delete', { method: 'DELETE', url: 'userStatuses/alex' }],
  [
    'a delete that says the type of no body',
    { method: 'DELETE', url: 'userStatuses/alex', headers: JSON_TYPE },
  ],
  ['a delete of nobody', { method: 'DELETE', url: 'userStatuses/nobody' }],
  [
    'a replacement',
    { method: 'PUT', url: 'userStatuses/alex', headers: JSON_TYPE, body: userStatus() },
  ],
  [
    'a replacement by too little',
    { method: 'PUT', url: 'userStatuses/alex', headers: JSON_TYPE, body: {} },
  ],
  [
    'a replacement of nobody',
    { method: 'PUT', url: 'userStatuses/bianca', headers: JSON_TYPE, body: userStatus() },
  ],
  [
    'a replacement that may create',
    {
      method: 'PUT',
      url: 'userStatuses/bianca',
      headers: { ...JSON_TYPE, Prefer: 'create-if-missing' },
      body: userStatus(),
    },
  ],
  ...['true', 'false'].map((isTaken): [string, Request] => [
    `a number as text where IEEE754Compatible is ${isTaken}`,
    {
      method: 'POST',
      url: 'userStatuses',
      headers: { 'Content-Type': `application/json;IEEE754Compatible=${isTaken}` },
      body: userStatus({ devicesCount: '12' }),
    },
  ]),
  ['a method of no resource', { method: 'OPTIONS', url: 'userStatuses' }],
  ['a path that is nothing', { method: 'GET', url: 'userStatuses/alex/nothing' }],
  ['a malformed key', { method: 'GET', url: 'userStatuses(alex)' }],
  ['a malformed URL', { method: 'GET', url: 'userStatuses/%E0%A4%A' }],
  ['a URL without end', { method: 'GET', url: 'x'.repeat(17_000) }],
  [
    'a token that is none',
    { method: 'GET', url: 'userStatuses', headers: { Authorization: 'Bearer x' } },
  ],
  ['no token', { method: 'GET', url: 'userStatuses', headers: { Authorization: '' } }],
])('answers alike alone and in a batch: %s', async (name, request) => {
  const key = name.replaceAll(/\W/g, '');
  const alone = await prepare(`${key}-1`, request);
  const inJson = await prepare(`${key}-2`, request);
  const inMultipart = await prepare(`${key}-3`, request);

  const expected = await sendAlone(alone);
  expect(await sendInJson(inJson)).toEqual(expected);
  expect(await sendInMultipart(inMultipart)).toEqual(expected);
});

/** The request on a collection of its own, which has one user. */
async function prepare(key: string, request: Request): Promise<Request> {
  const place = `/v1.0/deviceManagement/deviceConfigurations/${key}`;
  await app.send('POST', `${place}/userStatuses`, userStatus({ id: 'alex' }));
  const headers = { Authorization: `Bearer ${app.token}`, ...request.headers };
  return { ...request, headers, url: `${place}/${request.url}` };
}

async function sendAlone(request: Request): Promise<Response> {
  const host = new URL(app.url).host;
  return toResponse(
    await sendRaw(app.url, toText(request, { Host: host, Connection: 'close' })),
    request,
  );
}

async function sendInMultipart(request: Request): Promise<Response> {
  const part = `Content-Type: application/http\r\n\r\n${toText(request, {})}`;
  const { text } = await app.send('POST', '/v1.0/$batch', `--b\r\n${part}\r\n--b--\r\n`, {
    'content-type': 'multipart/mixed; boundary=b',
  });
  const [, answer = ''] = /\r\n\r\n(.*)\r\n--/s.exec(text) ?? [];
  return toResponse(answer, request);
}

async function sendInJson(request: Request): Promise<Response> {
  const answer = await app.send('POST', '/v1.0/$batch', { requests: [{ id: '1', ...request }] });
  const [{ status, headers, body }] = (
    answer.body as {
      responses: [{ status: number; headers: Record<string, string>; body?: unknown }];
    }
  ).responses;
  const text = body === undefined || typeof body === 'string' ? (body ?? '') : JSON.stringify(body);
  return toComparable(status, Object.entries(headers), text, request);
}

function toText(
  { method, url, headers = {}, body }: Request,
  more: Record<string, string>,
): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const length = text === '' ? {} : { 'Content-Length': String(Buffer.byteLength(text)) };
  const lines = Object.entries({ ...headers, ...more, ...length });
  return [
    `${method} ${url} HTTP/1.1`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    text,
  ].join('\r\n');
}

function toResponse(text: string, request: Request): Response {
  const headEnd = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? [];
    return [name, value];
  });
  return toComparable(Number(first.split(' ')[1]), headers, text.slice(headEnd + 4), request);
}

const OF_THE_CONNECTION =
  /^(?:connection|date|cache-control|content-length|keep-alive|x-content-type-options|(?:client-)?request-id)$/;

/** Without what differs from one request to the next: the collection, ids, tags and times. */
function toComparable(
  status: number,
  headers: readonly [string, string][],
  body: string,
  { url }: Request,
): Response {
  const key = url.split('/')[4]!;
  const withoutMoment = (text: string): string =>
    text
      .replaceAll(key, 'key')
      .replaceAll(/W\/(\\?")\w+\\?"/g, 'tag')
      .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'id')
      .replaceAll(/"date":"[^"]+"/g, '"date"');
  return {
    status,
    headers: Object.fromEntries(
      headers
        .map(([name, value]) => [name.toLowerCase(), withoutMoment(value)] as const)
        .filter(([name]) => !OF_THE_CONNECTION.test(name)),
    ),
    body: withoutMoment(body),
  };
}

/** A user status of so many bytes. */
function padded(length: number): Record<string, unknown> {
  const empty = userStatus({ '@note': '' });
  return { ...empty, '@note': 'x'.repeat(length - Buffer.byteLength(JSON.stringify(empty))) };
}
