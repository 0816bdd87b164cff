/**
 * Tokens → a typed expression (OData ABNF, `commonExpr`; precedence from URL Conventions 4.01,
 * 5.1.1.17):
 *
 *     or → and → (eq ne) → (gt ge lt le) → (add sub) → (mul div divby mod)
 *        → (- not) → (has in) → primary
 *
 * Operands whose types do not go together are refused here, with the place: nothing is left to the
 * database to find out.
 */
import { shorten } from '../../errors/graph-error.js';
import { toArithmetic, toNegation } from './arithmetic.js';
import { cureOf } from './cures.js';
import { describeType, findEnumeration, findProperty, type StructuredType } from '../edm.js';
import { ExpressionBudget } from './expression-budget.js';
import { requireShortTexts } from './expression-cost.js';
import {
  toScalar,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Expression,
  type Scalar,
} from './expression.js';
import { requireFunction, toCast, toFunctionCall } from './function-call.js';
import { tokenize, type Token } from './lexer.js';
import type { Patterns } from './patterns.js';
import { syntaxError, type Fault } from './syntax-error.js';
import { TokenReader } from './token-reader.js';
import { toMemberLiteral, unify, unifyResults } from './unify.js';

export interface ExpressionContext {
  entityType: StructuredType;
  /** The option that the expression is the value of, such as `$filter`: the target of errors. */
  option: string;
  /** What the expression is for, in the words of a message: `filter on`, `sort by`. */
  purpose: string;
  /** The texts of the parameter aliases (URL Conventions 4.01, 5.3), by name with its `@`. */
  aliases: ReadonlyMap<string, string>;
  /** The moment that `now()` is, for the whole of a request. */
  now: string;
  /** Takes note of the patterns, for the whole of a request. */
  patterns: Patterns;
}

/** Parses the whole of `text` as one Boolean expression. */
export function parseFilter(text: string, context: ExpressionContext): Expression {
  const parser = new ExpressionParser(text, context);
  const expression = parser.expression();
  parser.reader.requireEnd();
  return requireFilter(expression, context.option);
}

/** Throws for what is no condition, or can make too long a text. */
export function requireFilter(expression: Expression, option: string): Expression {
  requireShortTexts(expression, option);
  if (expression.type === 'boolean' || expression.type === 'null') return expression;
  throw syntaxError(
    `The filter must be true or false, and this is ${describeType(expression.type)}: compare ` +
      'it with a value',
    expression.at,
    option,
  );
}

const EQUALITY: Readonly<Record<string, ComparisonOperator>> = { eq: 'eq', ne: 'ne' };
const RELATIONAL: Readonly<Record<string, ComparisonOperator>> = {
  gt: 'gt',
  ge: 'ge',
  lt: 'lt',
  le: 'le',
};
const ADDITIVE: Readonly<Record<string, ArithmeticOperator>> = { add: 'add', sub: 'sub' };
const MULTIPLICATIVE: Readonly<Record<string, ArithmeticOperator>> = {
  mul: 'mul',
  div: 'div',
  divby: 'divby',
  mod: 'mod',
};

export class ExpressionParser {
  readonly reader: TokenReader;

  constructor(
    /** The text of an expression, or what is read of something that expressions are parts of. */
    source: string | TokenReader,
    private readonly context: ExpressionContext,
    /** The aliases that are being read, so that one does not stand for itself. */
    private readonly open: readonly string[] = [],
    private readonly budget = new ExpressionBudget(),
  ) {
    this.reader =
      typeof source === 'string'
        ? new TokenReader(tokenize(source, context.option), this.fault)
        : source;
  }

  expression(): Expression {
    return this.logical('or', () => this.logical('and', () => this.equality()));
  }

  /** A chain of one operator is one node, however long: its length costs no depth. */
  private logical(operator: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    const operands = [first];
    while (this.reader.takeWord(operator) !== undefined) operands.push(operand());
    if (operands.length === 1) return first;
    for (const each of operands) this.requireBoolean(each, operator);
    return { kind: 'logical', type: 'boolean', at: first.at, operator, operands };
  }

  private equality(): Expression {
    return this.comparison(EQUALITY, () => this.comparison(RELATIONAL, () => this.additive()));
  }

  private comparison(
    operators: Readonly<Record<string, ComparisonOperator>>,
    operand: () => Expression,
  ): Expression {
    return this.chain(operators, operand, (operator, left, right) => {
      const [a, b] = unify(left, right, 'compare', this.fault);
      return { kind: 'comparison', type: 'boolean', at: left.at, operator, left: a, right: b };
    });
  }

  private additive(): Expression {
    return this.arithmetic(ADDITIVE, () => this.arithmetic(MULTIPLICATIVE, () => this.unary()));
  }

  private arithmetic(
    operators: Readonly<Record<string, ArithmeticOperator>>,
    operand: () => Expression,
  ): Expression {
    return this.chain(operators, operand, (operator, left, right, at) =>
      toArithmetic(operator, left, right, at, this.fault),
    );
  }

  /** Operators of one precedence, from left to right; `combine` is told where each stands. */
  private chain<Operator>(
    operators: Readonly<Record<string, Operator>>,
    operand: () => Expression,
    combine: (operator: Operator, left: Expression, right: Expression, at: number) => Expression,
  ): Expression {
    let left = operand();
    for (let isFirst = true; ; isFirst = false) {
      const { at } = this.reader.token;
      const word = this.reader.takeWord(...Object.keys(operators));
      if (word === undefined) return left;
      if (!isFirst) this.budget.countChained(at, this.fault);
      left = combine(operators[word]!, left, operand(), at);
    }
  }

  private unary(): Expression {
    const { at } = this.reader.token;
    if (this.reader.takePunctuation('-')) {
      return this.nested(at, () => toNegation(this.unary(), at, this.fault));
    }
    if (this.reader.takeWord('not') !== undefined) {
      return this.nested(at, () => {
        const operand = this.unary();
        this.requireBoolean(operand, 'not');
        return { kind: 'not', type: 'boolean', at, operand };
      });
    }
    return this.membership();
  }

  private membership(): Expression {
    let left = this.primary();
    for (let isFirst = true; ; isFirst = false) {
      const { at } = this.reader.token;
      const word = this.reader.takeWord('in', 'has');
      if (word === undefined) return left;
      if (!isFirst) this.budget.countChained(at, this.fault);
      left = word === 'in' ? this.toIn(left) : this.toHas(left);
    }
  }

  private toIn(operand: Expression): Expression {
    const values = this.listOf(operand);
    return { kind: 'in', type: 'boolean', at: operand.at, operand, values };
  }

  /** `(1,2)`, or `["a","b"]` behind an alias. */
  private listOf(operand: Expression): Scalar[] {
    const { token } = this.reader;
    if (token.kind === 'alias') return this.behindAlias(token, (parser) => parser.listOf(operand));
    if (this.reader.takePunctuation('[')) return this.items(operand, ']');
    this.reader.require('(');
    return this.items(operand, ')');
  }

  private items(operand: Expression, closing: ')' | ']'): Scalar[] {
    const values: Scalar[] = [];
    do {
      const { at } = this.reader.token;
      const item = this.unary();
      if (item.kind !== 'literal' && item.kind !== 'negate') {
        throw this.fault("The list behind 'in' holds literals only, which this is not", at);
      }
      const [, value] = unify(operand, item, 'compare', this.fault);
      values.push(toScalar(value));
    } while (this.reader.takePunctuation(','));
    this.reader.require(closing);
    return values;
  }

  private toHas(left: Expression): Expression {
    const right = this.primary();
    const [a, b] = unify(left, right, 'compare', this.fault);
    if (typeof a.type !== 'object' && a.type !== 'null') {
      throw this.fault(
        `'has' takes a member of an enumeration, and this is ${describeType(a.type)}`,
        left.at,
      );
    }
    if (b.kind !== 'literal') {
      throw this.fault("The member behind 'has' is a literal, which this is not", right.at);
    }
    return { kind: 'has', type: 'boolean', at: left.at, operand: a, flags: b.value };
  }

  private primary(): Expression {
    const { token } = this.reader;
    if (token.kind !== 'punctuation') this.budget.countTerm(token.at, this.fault);
    switch (token.kind) {
      case 'literal':
        this.reader.take();
        return { kind: 'literal', type: token.type, at: token.at, value: token.value };
      case 'typedLiteral':
        this.reader.take();
        return this.toMember(token);
      case 'alias':
        return this.behindAlias(token, (parser) => parser.expression());
      case 'name':
        this.reader.take();
        return this.named(token.text, token.at);
      case 'punctuation':
      case 'end':
        if (!this.reader.takePunctuation('(')) throw this.reader.unexpected();
        return this.nested(token.at, () => {
          const inner = this.expression();
          this.reader.require(')');
          return inner;
        });
    }
  }

  private named(text: string, at: number): Expression {
    if (text === '$it' && this.reader.takePunctuation('/')) {
      const name = this.reader.takeName();
      return this.property(name.text, name.at);
    }
    if (this.reader.takePunctuation('(')) return this.nested(at, () => this.call(text, at));
    if (this.reader.takePunctuation('/'))
      throw this.fault(`'${shorten(text)}' leads to nothing further`, at);
    return this.property(text, at);
  }

  private property(name: string, at: number): Expression {
    const { entityType, purpose } = this.context;
    const property = findProperty(entityType, name);
    if (property !== undefined) return { kind: 'property', type: property.type, at, property };
    const names = entityType.properties.map((each) => each.name).join(', ');
    throw this.fault(`Cannot ${purpose} '${shorten(name)}'`, at, {
      cure: `The properties are ${names}; a text stands in single quotes.`,
    });
  }

  private call(written: string, at: number): Expression {
    const name = written.toLowerCase();
    if (name === 'cast') return this.cast(at);
    if (name === 'case') return this.case(at);
    requireFunction(written, at, this.fault);
    const operands: Expression[] = [];
    if (!this.reader.takePunctuation(')')) {
      do operands.push(this.expression());
      while (this.reader.takePunctuation(','));
      this.reader.require(')');
    }
    const { context, fault } = this;
    const { now, patterns } = context;
    return toFunctionCall(written, operands, at, { now, patterns, fault });
  }

  private cast(at: number): Expression {
    const operand = this.expression();
    if (!this.reader.takePunctuation(',')) {
      throw this.fault(
        "'cast' takes an expression and a type, such as cast(status,Edm.String)",
        at,
      );
    }
    const name = this.reader.takeName();
    this.reader.require(')');
    return toCast(operand, name.text, name.at, at, this.context.entityType, this.fault);
  }

  private case(at: number): Expression {
    const conditions: Expression[] = [];
    const written: Expression[] = [];
    do {
      const when = this.expression();
      this.requireBoolean(when, 'case');
      this.reader.require(':');
      conditions.push(when);
      written.push(this.expression());
    } while (this.reader.takePunctuation(','));
    this.reader.require(')');
    const { type, results } = unifyResults(written, this.fault);
    const branches = conditions.map((when, i) => ({ when, then: results[i]! }));
    return { kind: 'case', type, at, branches };
  }

  private behindAlias<T>(
    token: Token & { kind: 'alias' },
    read: (parser: ExpressionParser) => T,
  ): T {
    // "If a parameter alias is not given a value … the value MUST be assumed to be null" (Protocol
    // 4.01, 11.2.6.1.3).
    const text = this.context.aliases.get(token.text) ?? 'null';
    if (this.open.includes(token.text)) {
      throw this.fault(`The parameter alias '${shorten(token.text)}' stands for itself`, token.at);
    }
    this.reader.take();
    const open = [...this.open, token.text];
    const parser = new ExpressionParser(text, this.context, open, this.budget);
    const value = parser.nested(token.at, () => read(parser));
    parser.reader.requireEnd();
    return value;
  }

  private toMember(token: Token & { kind: 'typedLiteral' }): Expression {
    const enumeration = findEnumeration(this.context.entityType, token.typeName);
    if (enumeration === undefined) {
      throw this.fault(`There is no type '${shorten(token.typeName)}'`, token.at, {
        cure: cureOf(token.typeName),
      });
    }
    return toMemberLiteral(enumeration, token.text, token.at, this.fault);
  }

  private requireBoolean(expression: Expression, operator: string): void {
    if (expression.type === 'boolean' || expression.type === 'null') return;
    throw this.fault(
      `'${operator}' goes with true and false, and this is ${describeType(expression.type)}`,
      expression.at,
      { cure: operator === 'not' ? cureOf('!') : '' },
    );
  }

  private nested<T>(at: number, read: () => T): T {
    return this.budget.nest(at, this.fault, read);
  }

  private readonly fault: Fault = (message, at, options) => {
    const within = this.open.at(-1);
    const place = within === undefined ? message : `${message} in '${shorten(within)}'`;
    return syntaxError(place, at, this.context.option, options);
  };
}
