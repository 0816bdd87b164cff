import { describe, expect, it } from '@jest/globals';

import { compareByCodePoint } from './code-points.js';

/** In the order of their code points. */
const TEXTS = ['', 'a', 'aa', 'a\u{1f600}', 'b', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}'];

describe('compareByCodePoint', () => {
  it.each(TEXTS.flatMap((one, i) => TEXTS.map((other, j) => [one, other, Math.sign(i - j)])))(
    'compares %j with %j as a database does: %d',
    (one, other, order) => {
      expect(Math.sign(compareByCodePoint(one as string, other as string))).toBe(order);
      const bytes = Buffer.compare(Buffer.from(one as string), Buffer.from(other as string));
      expect(bytes).toBe(order);
    },
  );
});
