import { describe, expect, it } from '@jest/globals';

import { Progress, toText } from './progress.js';

/** What is written while so many rows go by, each of which takes a millisecond. */
function observe(rows: number, isTTY: boolean): string {
  let now = 1000;
  let written = '';
  const output = { isTTY, write: (text: string) => (written += text) !== '' };
  const progress = new Progress('copied', 12_000, output, { now: () => now });
  for (let i = 0; i < rows; i += 1) {
    now += 1;
    progress.add();
  }
  progress.end();
  return written;
}

describe('Progress', () => {
  it('writes a line every few seconds', () => {
    expect(observe(5000, false)).toBe('');
    expect(observe(12_000, false)).toBe(
      'copy: copied 5,120 of 12,000 rows, 1,000 rows/s\n' +
        'copy: copied 10,240 of 12,000 rows, 1,000 rows/s\n',
    );
  });

  it('writes one line over the other on a terminal, and leaves none', () => {
    const over = '\r\u001b[K';

    expect(observe(600, true)).toBe(
      `${over}copy: copied 256 of 12,000 rows, 1,000 rows/s` +
        `${over}copy: copied 512 of 12,000 rows, 1,000 rows/s${over}`,
    );
  });
});

describe('toText', () => {
  it.each([
    [0, 'row', '0 rows'],
    [1, 'row', '1 row'],
    [1234567, 'row', '1,234,567 rows'],
    [1234.5, undefined, '1,235'],
  ])('says %d %s as %s', (count, noun, text) => {
    expect(toText(count, noun)).toBe(text);
  });
});
