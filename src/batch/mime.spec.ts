import { describe, expect, it } from '@jest/globals';

import { parseMessage, readBoundary, splitParts } from './mime.js';

describe('readBoundary', () => {
  it.each([
    ['multipart/mixed; boundary=a', 'a'],
    ['multipart/mixed;BOUNDARY="a b;c"', 'a b;c'],
    ['multipart/mixed; charset=utf-8; boundary = a_1 ; x=y', 'a_1'],
  ])('reads %s', (contentType, boundary) => {
    expect(readBoundary(contentType)).toBe(boundary);
  });

  it.each([
    ['multipart/mixed'],
    ['multipart/mixed; boundary='],
    ['multipart/mixed; boundary=""'],
    [`multipart/mixed; boundary=${'x'.repeat(71)}`],
  ])('refuses %s', (contentType) => {
    expect(() => readBoundary(contentType)).toThrow('boundary');
  });
});

describe('splitParts', () => {
  it.each<[string, string, string[]]>([
    ['one part', '--b\r\nx\r\n--b--', ['x']],
    ['two, with line feeds alone', '--b\nx\n--b\ny\n--b--\n', ['x', 'y']],
    ['what surrounds them', 'before\r\n--b\r\nx\r\n--b--\r\nbehind\r\n--b\r\n', ['x']],
    ['white space behind a boundary', '--b \t\r\nx\r\n--b-- \r\n', ['x']],
    ['an empty part', '--b\r\n--b--', ['']],
    ['a part of one line end', '--b\r\n\r\n--b--', ['']],
    ['line ends of its own', '--b\r\n\r\nx\r\n\r\n--b--', ['\r\nx\r\n']],
    ['the boundary inside a line', '--b\r\nx--b\r\n--b--', ['x--b']],
    ['a longer boundary', '--b\r\n--bb\r\n--b--', ['--bb']],
    ['nothing', '--b--', []],
  ])('reads %s', (_name, text, parts) => {
    expect(splitParts(text, 'b', 20)).toEqual(parts);
  });

  it('takes every character of a boundary for itself', () => {
    expect(splitParts('--(.+)\r\nx\r\n--abc\r\n--(.+)--', '(.+)', 20)).toEqual(['x\r\n--abc']);
  });

  it.each([
    ['no boundary', 'x', 'closing boundary'],
    ['no closing boundary', '--b\r\nx\r\n--b\r\n', 'closing boundary'],
    ['too many parts', `${'--b\r\nx\r\n'.repeat(30)}--b--`, '1 to 20'],
  ])('refuses %s', (_name, text, reason) => {
    expect(() => splitParts(text, 'b', 20)).toThrow(reason);
  });
});

describe('parseMessage', () => {
  it.each<[string, Record<string, string>, string]>([
    ['A: b\r\nC:d:e \r\n\r\nbody\r\n', { a: 'b', c: 'd:e' }, 'body\r\n'],
    ['A:b\n\nbody', { a: 'b' }, 'body'],
    ['\r\nbody', {}, 'body'],
    ['A: b', { a: 'b' }, ''],
    ['', {}, ''],
  ])('reads %j', (text, headers, body) => {
    const message = parseMessage(text);

    expect({ ...message, headers: Object.fromEntries(message.headers) }).toEqual({ headers, body });
  });

  it.each([
    ['no field\r\n\r\n', 'no header field'],
    ['A: b\r\n folded\r\n\r\n', 'no header field'],
    [': b\r\n\r\n', 'no header field'],
    ['A: b\rC: d\r\n\r\n', 'no header field'],
    ['A: b\0\r\n\r\n', 'no header field'],
    ['A: b\r\na: c\r\n\r\n', 'twice'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseMessage(text)).toThrow(reason);
  });
});
