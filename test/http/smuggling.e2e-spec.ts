/** Requests whose end could be read in two ways: a proxy in front may have read it in the other (RFC 9112, 11.2). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { sendRaw } from '../support/raw-socket.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: OwnTestApp;

beforeAll(async () => {
  app = await startTestApp({ REQUEST_TIMEOUT_SECONDS: '2' });
});

afterAll(async () => {
  await app.close();
});

const CHUNKED = 'Transfer-Encoding: chunked';

const JSON_BODY = JSON.stringify(userStatus());
const BODY = `${JSON_BODY.length.toString(16)}\r\n${JSON_BODY}\r\n0\r\n\r\n`;

/** What would be smuggled. */
const HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('a request that could end in two places', () => {
  it.each([
    ['HTTP/1.0 with chunks', `Connection: keep-alive\r\n${CHUNKED}\r\n\r\n${BODY}`, '1.0'],
    ['a length and chunks', `Content-Length: 5\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`],
    ['chunks and a length', `${CHUNKED}\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 5\r\n\r\n'],
    ['the same length twice', 'Content-Length: 0\r\nContent-Length: 0\r\n\r\n'],
    ['a list of lengths', 'Content-Length: 0, 0\r\n\r\n'],
    ['a length with a sign', 'Content-Length: +0\r\n\r\n'],
    ['a length in hexadecimal', 'Content-Length: 0x0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['an empty length', 'Content-Length: \r\n\r\n'],
    ['a length with a space in it', 'Content-Length: 0 0\r\n\r\n'],
    ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['chunks twice', `${CHUNKED}\r\n${CHUNKED}\r\n\r\n0\r\n\r\n`],
    ['chunks in a list', 'Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
    ['an encoding behind a tab of its own', 'Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n'],
    ['an empty encoding', 'Transfer-Encoding: \r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a folded line', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
    ['a folded line of another field', 'X: y\r\n Content-Length: 5\r\n\r\n'],
    ['a space before the first field', ' X: y\r\n\r\n'],
    ['a name with a NUL', 'Content-Length\0: 5\r\n\r\n'],
    ['a value with a NUL', 'X: \0\r\n\r\n'],
    ['a carriage return alone', 'X: y\rContent-Length: 5\r\n\r\n'],
    ['a chunk size with a sign', `${CHUNKED}\r\n\r\n+0\r\n\r\n`],
    ['a chunk size in hexadecimal notation', `${CHUNKED}\r\n\r\n0x0\r\n\r\n`],
    ['a chunk size that is too large', `${CHUNKED}\r\n\r\nfffffffffffffffff\r\n\r\n`],
    ['a chunk that is longer than its size', `${CHUNKED}\r\n\r\n1\r\nab\r\n0\r\n\r\n`],
    ['a chunk extension with a line feed', `${CHUNKED}\r\n\r\n0;a\nb\r\n\r\n`],
    ['lines that end without a carriage return', `${CHUNKED}\n\n0\n\n`],
  ])('is refused, and its connection closed: %s', async (_what, rest, version = '1.1') => {
    const head = `POST ${COLLECTION} HTTP/${version}\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\nContent-Type: application/json\r\n`;
    const answers = await sendRaw(app.url, head + rest + HIDDEN);

    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(answers.toLowerCase()).toContain('connection: close');
  });

  it.each([
    ['an unknown one', 'Transfer-Encoding: chunkedx'],
    ['none', 'Transfer-Encoding: identity'],
    ['compressed chunks in one field', 'Transfer-Encoding: gzip, chunked'],
    ['compressed chunks in two fields', `Transfer-Encoding: gzip\r\n${CHUNKED}`],
  ])('is refused for its coding: %s', async (_what, field) => {
    const bytes = `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\n${field}\r\n\r\n0\r\n\r\n`;
    const answers = await sendRaw(app.url, bytes + HIDDEN);

    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415']);
    expect(answers.toLowerCase()).toContain('connection: close');
  });
});
