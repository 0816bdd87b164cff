import { describe, expect, it } from '@jest/globals';

import {
  isAccepted,
  parseMediaType,
  parsePair,
  rangesThatTake,
  splitList,
  weightOf,
} from './header-values.js';

describe('splitList', () => {
  it.each<[string, string[]]>([
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    ['a, b ,,c', ['a', 'b', 'c']],
    ['a;x="1,2",b', ['a;x="1,2"', 'b']],
    ['"\\",", b', ['"\\","', 'b']],
    ['"a, b', ['"a, b']],
    ['a="\\', ['a="\\']],
  ])('splits %j', (header, members) => {
    expect(splitList(header)).toEqual(members);
  });
});

describe('parsePair', () => {
  it.each([
    ['', '', ''],
    ['=b', '', ''],
    ['a b', '', ''],
    ['a=b c', '', ''],
    ['a="b', '', ''],
    ['a="b"c', '', ''],
    ['a', 'a', ''],
    ['a=', 'a', ''],
    ['a=""', 'a', ''],
    ['A=B', 'a', 'B'],
    ['a = b', 'a', 'b'],
    ['a=b=c', 'a', 'b=c'],
    ['a="b, c; \\"d\\\\"', 'a', 'b, c; "d\\'],
  ])('reads %j', (text, name, value) => {
    expect(parsePair(text)).toEqual([name, value]);
  });
});

describe('parseMediaType', () => {
  it.each<[string, string, Record<string, string>]>([
    ['', '', {}],
    [';a/b', '', {}],
    ['a/b x', 'a/b x', {}],
    ['a/b', 'a/b', {}],
    [' A/B ; ', 'a/b', {}],
    ['a/b;c', 'a/b', {}],
    ['a/b;c=;d=""', 'a/b', {}],
    ['a/b;C=D ; e="f;g"', 'a/b', { c: 'D', e: 'f;g' }],
    ['a/b;x=";c=d";c=e', 'a/b', { x: ';c=d', c: 'e' }],
    ['a/b;c=d;C=e', 'a/b', { c: 'd' }],
    ['a/b;__proto__=c', 'a/b', { ['__proto__']: 'c' }],
  ])('reads %j', (text, name, parameters) => {
    expect(parseMediaType(text)).toEqual({ name, parameters: new Map(Object.entries(parameters)) });
  });
});

describe('rangesThatTake', () => {
  it.each<[string | undefined, [name: string, distance: number, weight: number][]]>([
    ['text/html, a/bc, a', []],
    [undefined, [['*/*', 2, 1]]],
    [' ,', [['*/*', 2, 1]]],
    ['A/B', [['a/b', 0, 1]]],
    [
      '*/*, a/*;q=0.5, text/html, a/b;Q=0',
      [
        ['a/b', 0, 0],
        ['a/*', 1, 0.5],
        ['*/*', 2, 1],
      ],
    ],
    [
      'a/b;q=0.1, a/b;q=0.2',
      [
        ['a/b', 0, 0.2],
        ['a/b', 0, 0.1],
      ],
    ],
    ['a/b;q=x', [['a/b', 0, 1]]],
  ])('finds in %j', (accept, expected) => {
    const found = rangesThatTake('a/b', accept);

    expect(found.map(({ name, distance, weight }) => [name, distance, weight])).toEqual(expected);
  });
});

describe('weightOf and isAccepted', () => {
  it.each([
    ['text/html', 0],
    ['a/b;q=0', 0],
    ['a/b;q=0.000, */*', 0],
    ['a/b;q=0.5, */*', 0.5],
    ['a/*;q=0.5, */*;q=0.1', 0.5],
    ['a/b;x="\\";q=0"', 1],
    ['a/*;q=0.001', 0.001],
    ['', 1],
    [undefined, 1],
  ])('decide by %j', (accept, weight) => {
    expect(weightOf('a/b', accept)).toBe(weight);
    expect(isAccepted('a/b', accept)).toBe(weight > 0);
  });
});
