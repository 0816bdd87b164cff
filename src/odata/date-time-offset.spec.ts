import { describe, expect, it } from '@jest/globals';

import { toInstant } from './date-time-offset.js';

describe('toInstant', () => {
  it('sorts as instants do, by code point', () => {
    const ascending = [
      '0000-01-01T00:00:00+23:59',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '0099-12-31T23:59:59Z',
      '1969-12-31T23:59:59.999999999999Z',
      '1970-01-01T00:00:00Z',
      '1970-01-01T00:00:00.000000000001Z',
      '1970-01-01T00:00:00.1Z',
      '1970-01-01T00:00:00.11Z',
      '1970-01-01T00:00:00.2Z',
      '1970-01-01T00:00:01Z',
      '2017-01-01T00:00:17.7769392+00:00',
      '2017-01-01T00:00:17.7769392-08:00',
      '9999-12-31T23:59:59.9999999Z',
      '9999-12-31T23:59:59.9999999-00:01',
    ];
    const instants = ascending.map((text) => toInstant(text)!);

    expect([...instants].sort()).toEqual(instants);
    expect(new Set(instants).size).toBe(instants.length);
  });

  it.each([
    ['2017-01-01T08:00:17.7769392Z', '2017-01-01T00:00:17.7769392-08:00'],
    ['2017-01-01T00:00:00Z', '2017-01-01T00:00Z'],
    ['2017-01-01T00:00:00Z', '2017-01-01t00:00:00.000z'],
    ['2017-01-01T00:00:00.5Z', '2017-01-01T00:00:00.500000000000+00:00'],
    ['2016-12-31T18:15:00Z', '2017-01-01T00:00:00+05:45'],
  ])('takes %s and %s for one instant', (one, other) => {
    expect(toInstant(one)).toBe(toInstant(other));
  });

  it('agrees with the platform on every day that both know', () => {
    for (let day = -200_000; day < 200_000; day += 97) {
      const text = new Date(day * 86_400_000).toISOString();
      expect(toInstant(text)).toBe(String(62_167_305_600 + day * 86_400).padStart(12, '0'));
    }
  });
});
