import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { toJsonString } from './json-text.js';

describe('toJsonString', () => {
  it.each([
    [null],
    [''],
    ['Åsa 💻'],
    ['"'],
    ['\\'],
    ['\u0000\u001f\n\t'],
    ['\u007f\u2028\u2029\ufeff'],
    ['\ud800'],
    ['\udfff a'],
  ])('writes %j as JSON.stringify does', (text) => {
    expect(toJsonString(text)).toBe(JSON.stringify(text));
  });

  it('writes any text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(toJsonString(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});
