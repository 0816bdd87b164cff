/** Where the code units of surrogates begin, and those behind them, which they come before. */
const SURROGATES = 0xd800;
const BEHIND_SURROGATES = 0xe000;
const SURROGATE_COUNT = BEHIND_SURROGATES - SURROGATES;
const HIGH_COUNT = 0x10000 - BEHIND_SURROGATES;

/**
 * Compares as databases do, by code point: `<` compares code units, and has what is beyond the BMP
 * before U+E000.
 */
export function compareByCodePoint(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i += 1) {
    const unit = one.charCodeAt(i);
    const otherUnit = other.charCodeAt(i);
    if (unit !== otherUnit) return toOrder(unit) - toOrder(otherUnit);
  }
  return one.length - other.length;
}

function toOrder(unit: number): number {
  if (unit < SURROGATES) return unit;
  return unit < BEHIND_SURROGATES ? unit + HIGH_COUNT : unit - SURROGATE_COUNT;
}
