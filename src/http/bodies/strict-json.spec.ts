import { describe, expect, it } from '@jest/globals';

import { parseStrictJson } from './strict-json.js';

function parse(text: string): unknown {
  return parseStrictJson(Buffer.from(text));
}

describe('parseStrictJson', () => {
  it.each([
    ['{"a":":","b":"{\\"a\\":1}","c":"\\\\"}'],
    ['{"a":{"a":{"a":[{"a":1},{"a":2}]}}}'],
    ['{"":1,"\\"":2,":":3}'],
    ['{"__proto__":{"a":1},"constructor":2}'],
    ['[1.0,1e1,-0,0.10,1E+2,123456789012345,0.1234567890123456,1.000000000000000000]'],
    ['[12345678901234567890,0.12345678901234567,1e400,-1e400,1e-400]'],
    [' \n\t\r{ "a" : "\\ud83d\\ude00" } '],
    [`${'['.repeat(32)}${']'.repeat(32)}`],
  ])('reads %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a":1,"a":1}', "'a' twice"],
    ['[{"b":1},{"a":1,"\\u0061":2}]', "'a' twice"],
    ['{"__proto__":1,"__proto__":2}', "'__proto__' twice"],
    ['{"\\"":1,"\\u0022":2}', "'\"' twice"],
    ['{"a":{"b":[{"c":1}]},"c":{"a":1},"b":1,"a":":"}', "'a' twice"],
    ['{"a":{},"b":{"c":[[],{}],"c":1}}', "'c' twice"],
    [`${'['.repeat(33)}${']'.repeat(33)}`, '32 levels'],
    ['{"a":1', 'not valid JSON'],
    ['', 'empty'],
  ])('refuses %s', (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  it.each([
    ['characters', 'x'.repeat(16_777_216)],
    ['escapes', '\\"'.repeat(8_388_608)],
  ])('reads a string of many %s', (_what, written) => {
    expect(parse(`{"a":"${written}"}`)).toEqual({ a: JSON.parse(`"${written}"`) as string });
  });
});
