/** Numbers as fractions of integers, so that nothing is rounded: what `Edm.Decimal` arithmetic means, whatever a database makes of it. */
export interface ExactNumber {
  kind: 'number';
  numerator: bigint;
  /** Above zero. */
  denominator: bigint;
  /** By its type, not by its value: `2.0` is none. `div` tells the two apart. */
  isInteger: boolean;
}

export function integer(value: bigint | number): ExactNumber {
  return { kind: 'number', numerator: BigInt(value), denominator: 1n, isInteger: true };
}

export function fraction(numerator: bigint, denominator: bigint): ExactNumber {
  const sign = denominator < 0n ? -1n : 1n;
  return {
    kind: 'number',
    numerator: numerator * sign,
    denominator: denominator * sign,
    isInteger: false,
  };
}

/** A `decimalLiteral` of the ABNF, which is an integer's literal too. */
export function parseNumber(text: string): ExactNumber | null {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return null;
  const [, sign, whole, decimals = '', exponent = '0'] = match;
  const scale = BigInt(exponent) - BigInt(decimals.length);
  const digits = BigInt(`${whole!}${decimals}`) * (sign === '-' ? -1n : 1n);
  if (/^[+-]?\d+$/.test(text)) return integer(digits);
  return scale >= 0n ? fraction(digits * 10n ** scale, 1n) : fraction(digits, 10n ** -scale);
}

export function compareNumbers(left: ExactNumber, right: ExactNumber): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** URL Conventions 5.1.1.2. Division by zero is for the caller to keep away. */
export function calculate(operator: string, left: ExactNumber, right: ExactNumber): ExactNumber {
  const isInteger = left.isInteger && right.isInteger && operator !== 'divby';
  const [a, b, c, d] = [left.numerator, left.denominator, right.numerator, right.denominator];
  const make = (numerator: bigint, denominator: bigint) => ({
    ...fraction(numerator, denominator),
    isInteger,
  });
  switch (operator) {
    case 'add':
      return make(a * d + c * b, b * d);
    case 'sub':
      return make(a * d - c * b, b * d);
    case 'mul':
      return make(a * c, b * d);
    case 'mod':
      // The sign is the left operand's, as it is of BigInt's remainder.
      return make((a * d) % (c * b), b * d);
    case 'div':
      // BigInt's division drops the fraction: "the whole number of times the right fits into the left".
      return isInteger ? make(a / c, 1n) : make(a * d, b * c);
    default:
      return make(a * d, b * c);
  }
}

/** The whole number below, or the number itself. */
export function floor({ numerator, denominator }: ExactNumber): bigint {
  const whole = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? whole - 1n : whole;
}

export function negate(number: ExactNumber): ExactNumber {
  return { ...number, numerator: -number.numerator };
}

/** To the nearest whole number; the middle goes away from zero. */
export function round(number: ExactNumber): bigint {
  if (number.numerator < 0n) return -round(negate(number));
  const { numerator, denominator } = number;
  return (numerator * 2n + denominator) / (denominator * 2n);
}
