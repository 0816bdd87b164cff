/**
 * An expression as the text of `$filter`, in one of its many spellings (OData 4.01 ABNF, `commonExpr`): names of operators
 * and functions in any case, white space and parentheses where they may be, enum literals with and without their type.
 */
import type { Expression, Literal } from './filter-expression.js';

/** URL Conventions 5.1.1.17, from the loosest; what is not listed binds tightest. `in` and `has` bind tighter than `not` and `-`. */
const PRECEDENCE: Partial<Record<string, number>> = {
  or: 1,
  and: 2,
  eq: 3,
  ne: 3,
  gt: 4,
  ge: 4,
  lt: 4,
  le: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  divby: 6,
  mod: 6,
  not: 7,
  negate: 7,
  has: 8,
  in: 8,
};
const UNARY = 7;
const ATOM = 9;

/** The same spelling for the same number; 0 is the plainest. */
export function toFilterText(expression: Expression, spelling = 0): string {
  return new Printer(spelling).print(expression);
}

class Printer {
  private state: number;

  constructor(private readonly spelling: number) {
    this.state = spelling;
  }

  print(expression: Expression, atLeast = 0): string {
    const text = this.printBare(expression);
    const isNeeded = precedenceOf(expression) < atLeast;
    if (!isNeeded && !this.chance(12)) return text;
    return `(${this.space('')}${text}${this.space('')})`;
  }

  private printBare(expression: Expression): string {
    switch (expression.kind) {
      case 'literal':
        return this.printLiteral(expression);
      case 'property':
        return expression.name;
      case 'comparison': {
        const { left, right } = expression;
        return this.printBinary(
          expression.operator,
          left,
          right,
          isStatus(left) || isStatus(right),
        );
      }
      case 'logic':
      case 'arithmetic':
        return this.printBinary(expression.operator, expression.left, expression.right, false);
      case 'in': {
        const isInferred = isStatus(expression.operand);
        const list = expression.list.map((item) => this.printLiteral(item, isInferred));
        return `${this.print(expression.operand, ATOM)}${this.operator('in')}(${this.separate(list)})`;
      }
      case 'has':
        return `${this.print(expression.operand, ATOM)}${this.operator('has')}${this.printLiteral(expression.member, true)}`;
      case 'not':
        return `${this.word('not')}${this.space(' ')}${this.print(expression.operand, UNARY)}`;
      case 'negate':
        return `-${this.space('')}${this.print(expression.operand, UNARY)}`;
      case 'call':
        return `${this.word(expression.name)}(${this.separate(expression.parameters.map((parameter) => this.print(parameter)))})`;
      case 'cast':
        return `${this.word('cast')}(${this.separate([this.print(expression.operand), expression.target])})`;
      case 'case':
        return `${this.word('case')}(${this.separate(expression.branches.map((branch) => this.printBranch(branch)))})`;
    }
  }

  private printBinary(
    operator: string,
    left: Expression,
    right: Expression,
    isInferred: boolean,
  ): string {
    const precedence = PRECEDENCE[operator]!;
    const print = (operand: Expression, atLeast: number) =>
      isInferred && operand.kind === 'literal'
        ? this.printLiteral(operand, true)
        : this.print(operand, atLeast);
    // Operators of one group are evaluated from the left.
    return `${print(left, precedence)}${this.operator(operator)}${print(right, precedence + 1)}`;
  }

  /** A time without seconds before the colon could be read on (5.1.1.12.1). */
  private printBranch([condition, result]: [Expression, Expression]): string {
    const text = this.print(condition);
    const isAmbiguous = /\d$/.test(text);
    return `${isAmbiguous ? `(${text})` : text}${this.space('')}:${this.space('')}${this.print(result)}`;
  }

  /** `isInferred`: the other operand tells that a bare text is a member of the enumeration. */
  private printLiteral({ type, text }: Literal, isInferred = false): string {
    switch (type) {
      case 'string':
        return `'${text.replaceAll("'", "''")}'`;
      case 'status': {
        const prefixes = ['microsoft.graph.complianceStatus', 'graph.complianceStatus'];
        return `${this.pick(isInferred ? ['', ...prefixes] : prefixes)}'${text}'`;
      }
      case 'duration':
        return `${this.word('duration')}'${text}'`;
      case 'boolean':
        return this.word(text);
      case 'integer':
        return this.spellNumber(text);
      default:
        return text;
    }
  }

  private spellNumber(text: string): string {
    if (text.startsWith('-')) return text;
    return `${this.pick(['', '', '', '+'])}${this.pick(['', '', '0', '00'])}${text}`;
  }

  private separate(items: string[]): string {
    const inner = items.join(`${this.space('')},${this.space('')}`);
    return `${this.space('')}${inner}${this.space('')}`;
  }

  private operator(name: string): string {
    return `${this.space(' ')}${this.word(name)}${this.space(' ')}`;
  }

  private word(name: string): string {
    if (!this.chance(4)) return name;
    return Array.from(name)
      .map((letter) => (this.chance(2) ? letter.toUpperCase() : letter))
      .join('');
  }

  private space(least: string): string {
    return this.chance(6) ? this.pick([' ', '\t', '  ']) : least;
  }

  private chance(oneIn: number): boolean {
    return this.spelling !== 0 && this.next() % oneIn === 0;
  }

  private pick(choices: readonly string[]): string {
    return this.spelling === 0 ? choices[0]! : choices[this.next() % choices.length]!;
  }

  /** mulberry32: small, and good enough to choose spellings. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

function precedenceOf(expression: Expression): number {
  const name = 'operator' in expression ? expression.operator : expression.kind;
  return PRECEDENCE[name] ?? ATOM;
}

function isStatus(expression: Expression): boolean {
  return expression.kind === 'property' && expression.name === 'status';
}
