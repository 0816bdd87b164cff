/**
 * Tokens → a typed expression (OData ABNF, `commonExpr`; precedence from URL Conventions 4.01, 5.1.1.17):
 *
 *     or → and → (eq ne) → (gt ge lt le) → (add sub) → (mul div divby mod) → (- not) → (has in) → primary
 *
 * Operands whose types do not go together are refused here, with the place: nothing is left to the database to find out.
 */
import { RE2JS } from 're2js';

import { GraphError, shorten } from '../errors/graph-error.js';
import {
  describeType,
  findProperty,
  type EdmType,
  type EntityType,
  type Enumeration,
  type PrimitiveType,
} from './edm.js';
import { requireShortTexts } from './expression-cost.js';
import type { ArithmeticOperator, ComparisonOperator, Expression, Scalar } from './expression.js';
import {
  CAST_TYPES,
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  UNSUPPORTED_FUNCTIONS,
  type Overload,
} from './functions.js';
import { MIN_INT64, syntaxError, tokenize, type Token } from './lexer.js';
import { toLinearPattern } from './pattern.js';
import type { SqlFunction } from './sql-dialect.js';
import { parseDuration, toDateTimeText } from './temporal.js';

/** How deep parentheses, functions and signs may be nested in one another. */
export const MAX_EXPRESSION_DEPTH = 50;

/** The most literals, properties and function calls in one expression, those behind parameter aliases included. */
export const MAX_EXPRESSION_TERMS = 500;

/**
 * How many operators of one precedence may follow one another, as in `1 add 2 add 3`, in all such chains together. Each nests the SQL
 * deeper without nesting the text; SQLite takes 1,000 levels.
 */
export const MAX_CHAINED_OPERATORS = 100;

export interface ExpressionContext {
  entityType: EntityType;
  /** The option that the expression is the value of, such as `$filter`: the target of errors. */
  option: string;
  /** What the expression is for, in the words of a message: `filter on`, `sort by`. */
  purpose: string;
  /** The texts of the parameter aliases (URL Conventions 4.01, 5.3), by name with its `@`. */
  aliases: ReadonlyMap<string, string>;
  /** The moment that `now()` is, for the whole of a request. */
  now: string;
}

/** Parses the whole of `text` as one Boolean expression. */
export function parseFilter(text: string, context: ExpressionContext): Expression {
  const parser = new ExpressionParser(text, context);
  const expression = parser.expression();
  parser.requireEnd();
  requireShortTexts(expression, context.option);
  if (expression.type === 'boolean' || expression.type === 'null') return expression;
  throw syntaxError(
    `The filter must be true or false, and this is ${describeType(expression.type)}: compare it with a value`,
    expression.at,
    context.option,
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
  private readonly tokens: readonly Token[];
  private next = 0;
  private depth = 0;
  private terms = 0;
  private chained = 0;

  constructor(
    text: string,
    private readonly context: ExpressionContext,
    /** The aliases that are being read, so that one does not stand for itself. */
    private readonly open: readonly string[] = [],
  ) {
    this.tokens = tokenize(text, context.option);
  }

  requireEnd(): void {
    const token = this.token;
    if (token.kind !== 'end') throw this.unexpected(token);
  }

  expression(): Expression {
    return this.logical('or', () => this.logical('and', () => this.equality()));
  }

  /** Takes a word such as `desc`, in any case. */
  takeWord(...words: string[]): string | undefined {
    const { token } = this;
    const word = token.kind === 'name' ? token.text.toLowerCase() : '';
    if (!words.includes(word)) return undefined;
    this.next += 1;
    return word;
  }

  takePunctuation(text: string): boolean {
    const { token } = this;
    if (token.kind !== 'punctuation' || token.text !== text) return false;
    this.next += 1;
    return true;
  }

  /** A chain of one operator is one node, however long: its length costs no depth. */
  private logical(operator: 'and' | 'or', operand: () => Expression): Expression {
    const first = operand();
    const operands = [first];
    while (this.takeWord(operator) !== undefined) operands.push(operand());
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
    let left = operand();
    for (let length = 1; ; length += 1) {
      const { at } = this.token;
      const word = this.takeWord(...Object.keys(operators));
      if (word === undefined) return left;
      this.countChained(length, at);
      const operator = operators[word]!;
      const [a, b] = this.unify(left, operand(), `compare`);
      left = { kind: 'comparison', type: 'boolean', at: left.at, operator, left: a, right: b };
    }
  }

  private additive(): Expression {
    return this.arithmetic(ADDITIVE, () => this.arithmetic(MULTIPLICATIVE, () => this.unary()));
  }

  private arithmetic(
    operators: Readonly<Record<string, ArithmeticOperator>>,
    operand: () => Expression,
  ): Expression {
    let left = operand();
    for (let length = 1; ; length += 1) {
      const { at } = this.token;
      const word = this.takeWord(...Object.keys(operators));
      if (word === undefined) return left;
      this.countChained(length, at);
      left = this.toArithmetic(operators[word]!, left, operand(), at);
    }
  }

  private toArithmetic(
    operator: ArithmeticOperator,
    left: Expression,
    writtenRight: Expression,
    at: number,
  ): Expression {
    const right =
      isTemporal(left.type) && operator !== 'mul'
        ? this.toDurationLiteral(writtenRight)
        : writtenRight;
    if (left.type === 'null' && right.type === 'null') return nullAt(left.at);
    if (isNumeric(left.type) && isNumeric(right.type)) {
      const isExact = left.type !== 'decimal' && right.type !== 'decimal' && operator !== 'divby';
      if ((operator === 'div' && isExact) || operator === 'mod') this.refuseZero(right);
      const type = isExact ? 'integer' : 'decimal';
      return { kind: 'arithmetic', type, at: left.at, operator, left, right };
    }
    if (isTemporal(left.type) || isTemporal(right.type)) {
      const temporal = this.toTemporalArithmetic(operator, left, right);
      if (temporal !== undefined) return temporal;
    }
    throw this.fault(
      `'${operator}' cannot go with ${describeType(left.type)} and ${describeType(right.type)}`,
      at,
    );
  }

  private toTemporalArithmetic(
    operator: ArithmeticOperator,
    left: Expression,
    right: Expression,
  ): Expression | undefined {
    const { at } = left;
    const isBackwards = operator === 'sub';
    if (operator === 'add' || operator === 'sub') {
      if (left.type === 'null' || right.type === 'null') return nullAt(at);
      const duration = (): Expression => (isBackwards ? negated(right) : right);
      switch (`${nameOf(left.type)} ${operator} ${nameOf(right.type)}`) {
        case 'dateTimeOffset add duration':
        case 'dateTimeOffset sub duration':
          return call('addDuration', [left, duration()], 'dateTimeOffset', at);
        case 'date add duration':
        case 'date sub duration':
          return call('addDurationToDate', [left, duration()], 'date', at);
        case 'duration add duration':
        case 'duration sub duration':
          return call('addDurations', [left, duration()], 'duration', at);
        case 'dateTimeOffset sub dateTimeOffset':
          return call('subtractInstants', [toInstantOf(left), toInstantOf(right)], 'duration', at);
        case 'date sub date':
          return call('subtractDates', [left, right], 'duration', at);
        default:
          return undefined;
      }
    }
    if (left.type === 'duration' && isNumeric(right.type) && operator !== 'mod') {
      if (operator === 'mul') return call('multiplyDuration', [left, right], 'duration', at);
      this.refuseZero(right);
      return call('divideDuration', [left, right], 'duration', at);
    }
    if (isNumeric(left.type) && right.type === 'duration' && operator === 'mul') {
      return call('multiplyDuration', [right, left], 'duration', at);
    }
    return undefined;
  }

  private unary(): Expression {
    const { at } = this.token;
    if (this.takePunctuation('-')) {
      return this.nested(at, () => {
        const operand = this.unary();
        if (operand.type === 'duration') return negated(operand);
        if (isNumeric(operand.type)) return { kind: 'negate', type: operand.type, at, operand };
        throw this.fault(`'-' cannot go with ${describeType(operand.type)}`, at);
      });
    }
    if (this.takeWord('not') !== undefined) {
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
    for (let length = 1; ; length += 1) {
      const { at } = this.token;
      const word = this.takeWord('in', 'has');
      if (word === undefined) return left;
      this.countChained(length, at);
      left = word === 'in' ? this.toIn(left) : this.toHas(left);
    }
  }

  private toIn(operand: Expression): Expression {
    const values = this.listOf(operand);
    return { kind: 'in', type: 'boolean', at: operand.at, operand, values };
  }

  /** `(1,2)`, or `["a","b"]` behind an alias. */
  private listOf(operand: Expression): Scalar[] {
    const { token } = this;
    if (token.kind === 'alias') return this.behindAlias(token, (parser) => parser.listOf(operand));
    if (this.takePunctuation('[')) return this.items(operand, ']');
    this.require('(');
    return this.items(operand, ')');
  }

  private items(operand: Expression, closing: ')' | ']'): Scalar[] {
    const values: Scalar[] = [];
    do {
      const { at } = this.token;
      const item = this.unary();
      if (item.kind !== 'literal' && item.kind !== 'negate') {
        throw this.fault("The list behind 'in' holds literals only, which this is not", at);
      }
      const [, value] = this.unify(operand, item, 'compare');
      values.push(toScalar(value));
    } while (this.takePunctuation(','));
    this.require(closing);
    return values;
  }

  private toHas(left: Expression): Expression {
    const right = this.primary();
    const [a, b] = this.unify(left, right, 'compare');
    if (typeof a.type !== 'object' && a.type !== 'null') {
      throw this.fault(
        `'has' takes a member of an enumeration, and this is ${describeType(a.type)}`,
        left.at,
      );
    }
    return { kind: 'has', type: 'boolean', at: left.at, left: a, right: b };
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind !== 'punctuation') this.count(token.at);
    switch (token.kind) {
      case 'literal':
        this.next += 1;
        return { kind: 'literal', type: token.type, at: token.at, value: token.value };
      case 'typedLiteral':
        this.next += 1;
        return this.toMember(token);
      case 'alias':
        return this.behindAlias(token, (parser) => parser.expression());
      case 'name':
        this.next += 1;
        return this.named(token.text, token.at);
      case 'punctuation':
        if (token.text === '(') {
          this.next += 1;
          return this.nested(token.at, () => {
            const inner = this.expression();
            this.require(')');
            return inner;
          });
        }
        throw this.unexpected(token);
      case 'end':
        throw this.unexpected(token);
    }
  }

  private named(text: string, at: number): Expression {
    if (text === '$it' && this.takePunctuation('/')) {
      const { token } = this;
      if (token.kind !== 'name') throw this.unexpected(token);
      this.next += 1;
      return this.property(token.text, token.at);
    }
    if (this.takePunctuation('(')) return this.nested(at, () => this.call(text, at));
    if (this.peekPath()) throw this.fault(`'${shorten(text)}' leads to nothing further`, at);
    return this.property(text, at);
  }

  private property(name: string, at: number): Expression {
    const { entityType, purpose } = this.context;
    const property = findProperty(entityType, name);
    if (property !== undefined) return { kind: 'property', type: property.type, at, property };
    const names = entityType.properties.map((each) => each.name).join(', ');
    const error = this.fault(`Cannot ${purpose} '${shorten(name)}'`, at);
    throw new GraphError(error.code, `${error.message} The properties are ${names}.`, {
      target: this.context.option,
    });
  }

  private call(written: string, at: number): Expression {
    const name = written.toLowerCase();
    if (name === 'cast') return this.cast(at);
    if (name === 'case') return this.case(at);
    const constant = Object.hasOwn(CONSTANT_FUNCTIONS, name) ? CONSTANT_FUNCTIONS[name] : undefined;
    const overloads = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (constant === undefined && overloads === undefined) throw this.noSuchFunction(written, at);

    const operands: Expression[] = [];
    if (!this.takePunctuation(')')) {
      do operands.push(this.expression());
      while (this.takePunctuation(','));
      this.require(')');
    }
    if (constant !== undefined) {
      if (operands.length > 0) throw this.fault(`'${written}' takes nothing`, at);
      const value = constant(this.context.now);
      return { kind: 'literal', type: 'dateTimeOffset', at, value };
    }
    const overload = overloads!.find((each) => accepts(each, operands));
    if (overload === undefined) {
      const shapes = overloads!.map(
        ({ parameters }) => `(${parameters.map((type) => describeType(type)).join(', ')})`,
      );
      throw this.fault(`'${written}' takes ${shapes.join(' or ')}, not these arguments`, at);
    }
    return this.toCall(overload, operands, at);
  }

  private toCall(overload: Overload, operands: readonly Expression[], at: number): Expression {
    const { sql, result } = overload;
    if (sql === 'matchesPattern') return this.toPatternCall(operands, at);
    if (sql === 'substring') this.checkSubstring(operands);
    // An integer is round already.
    if (['round', 'floor', 'ceiling'].includes(sql) && result === 'integer') return operands[0]!;
    return call(sql, operands, result, at);
  }

  private checkSubstring([, , length]: readonly Expression[]): void {
    const value = length === undefined ? null : toScalar(length);
    if (typeof value === 'bigint' && value < 0n) {
      throw this.fault('The length of a substring cannot be negative', length!.at);
    }
  }

  /** The pattern must be a literal: it is compiled once, and its faults are found before anything runs. */
  private toPatternCall(operands: readonly Expression[], at: number): Expression {
    const [text, pattern, flags] = operands;
    const source = pattern?.kind === 'literal' ? pattern.value : undefined;
    const options = flags === undefined ? '' : flags.kind === 'literal' ? flags.value : undefined;
    if (typeof source !== 'string' || typeof options !== 'string') {
      throw this.fault('The pattern and its flags must be string literals', pattern?.at ?? at);
    }
    if (!/^[imsu]*$/.test(options)) {
      throw this.fault("The flags of a pattern are 'i', 'm', 's' and 'u'", flags!.at);
    }
    const linear = toLinearPattern(source, options);
    try {
      RE2JS.compile(linear);
    } catch {
      throw this.fault(
        `'${shorten(source)}' is no pattern that can be matched in linear time (no back references, no lookaround)`,
        pattern!.at,
      );
    }
    const compiled: Expression = { kind: 'literal', type: 'string', at, value: linear };
    return call('matchesPattern', [text!, compiled], 'boolean', at);
  }

  private cast(at: number): Expression {
    const operand = this.expression();
    if (!this.takePunctuation(',')) {
      throw this.fault(
        "'cast' takes an expression and a type, such as cast(status,Edm.String)",
        at,
      );
    }
    const { token } = this;
    if (token.kind !== 'name') throw this.unexpected(token);
    this.next += 1;
    this.require(')');

    const enumeration = this.findEnumeration(token.text);
    if (enumeration !== undefined) {
      return { kind: 'cast', type: enumeration, at, operand, target: enumeration.name };
    }
    const type = Object.hasOwn(CAST_TYPES, token.text) ? CAST_TYPES[token.text] : undefined;
    if (type !== undefined) return { kind: 'cast', type, at, operand, target: token.text };
    if (/^Edm\.\w+$/.test(token.text)) {
      throw new GraphError(
        'NotImplemented',
        `Nothing here can be cast to '${shorten(token.text)}', at position ${String(token.at)}.`,
        { target: this.context.option },
      );
    }
    throw this.fault(`There is no type '${shorten(token.text)}'`, token.at);
  }

  private case(at: number): Expression {
    const branches: { when: Expression; then: Expression }[] = [];
    do {
      const when = this.expression();
      this.requireBoolean(when, 'case');
      this.require(':');
      branches.push({ when, then: this.expression() });
    } while (this.takePunctuation(','));
    this.require(')');

    // All results become of the type that holds them all.
    const widest = branches
      .map(({ then }) => then)
      .reduce((left, right) => {
        const [a, b] = this.unify(left, right, 'choose between');
        return a.type === 'null' || (a.type === 'integer' && b.type === 'decimal') ? b : a;
      });
    const unified = branches.map(({ when, then }) => ({
      when,
      then: this.unify(widest, then, 'choose between')[1],
    }));
    return { kind: 'case', type: widest.type, at, branches: unified };
  }

  private behindAlias<T>(
    token: Token & { kind: 'alias' },
    read: (parser: ExpressionParser) => T,
  ): T {
    // "If a parameter alias is not given a value … the value MUST be assumed to be null" (Protocol 4.01, 11.2.6.1.3).
    const text = this.context.aliases.get(token.text) ?? 'null';
    if (this.open.includes(token.text)) {
      throw this.fault(`The parameter alias '${shorten(token.text)}' stands for itself`, token.at);
    }
    this.next += 1;
    const parser = new ExpressionParser(text, this.context, [...this.open, token.text]);
    parser.terms = this.terms;
    parser.chained = this.chained;
    parser.depth = this.depth;
    const value = parser.nested(token.at, () => read(parser));
    parser.requireEnd();
    this.terms = parser.terms;
    this.chained = parser.chained;
    return value;
  }

  private toMember(token: Token & { kind: 'typedLiteral' }): Expression {
    const enumeration = this.findEnumeration(token.typeName);
    if (enumeration === undefined) {
      throw this.fault(`There is no type '${shorten(token.typeName)}'`, token.at);
    }
    return this.toMemberLiteral(enumeration, token.text, token.at);
  }

  private toMemberLiteral(enumeration: Enumeration, text: string, at: number): Expression {
    const { members } = enumeration;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : members.indexOf(text);
    if (members[value] === undefined) {
      throw this.fault(
        `${enumeration.name} has no member '${shorten(text)}' (it has ${members.join(', ')})`,
        at,
      );
    }
    return { kind: 'literal', type: enumeration, at, value: BigInt(value) };
  }

  private findEnumeration(name: string): Enumeration | undefined {
    return this.context.entityType.enumerations.find(
      (each) => each.name === name || each.aliasedName === name,
    );
  }

  /**
   * Both operands in one type. A string literal becomes the member, or the duration, that it names beside one; a date
   * literal becomes its first moment in UTC beside a timestamp.
   */
  private unify(left: Expression, right: Expression, verb: string): [Expression, Expression] {
    const a = this.convert(left, right.type);
    const b = this.convert(right, left.type);
    const fits =
      a.type === b.type ||
      a.type === 'null' ||
      b.type === 'null' ||
      (isNumeric(a.type) && isNumeric(b.type));
    if (fits) return [a, b];
    const hint =
      a.type === 'string' || b.type === 'string'
        ? ' (strings stand in single quotes, other values do not)'
        : '';
    throw this.fault(
      `Cannot ${verb} ${describeType(a.type)} and ${describeType(b.type)}${hint}`,
      right.at,
    );
  }

  private convert(expression: Expression, type: EdmType): Expression {
    if (expression.kind !== 'literal') return expression;
    const { value, at } = expression;
    if (expression.type === 'string' && typeof type === 'object') {
      return this.toMemberLiteral(type, value as string, at);
    }
    if (expression.type === 'string' && type === 'duration')
      return this.toDurationLiteral(expression);
    if (expression.type === 'date' && type === 'dateTimeOffset') {
      return { ...expression, type: 'dateTimeOffset', value: toDateTimeText(value as string) };
    }
    return expression;
  }

  private toDurationLiteral(expression: Expression): Expression {
    const isText = expression.kind === 'literal' && expression.type === 'string';
    const value = isText ? parseDuration(expression.value as string) : undefined;
    return value === undefined
      ? expression
      : { ...expression, kind: 'literal', type: 'duration', value };
  }

  private refuseZero(divisor: Expression): void {
    const value = toScalar(divisor);
    if (value === 0n || value === 0) throw this.fault('Cannot divide by zero', divisor.at);
  }

  private requireBoolean(expression: Expression, operator: string): void {
    if (expression.type === 'boolean' || expression.type === 'null') return;
    throw this.fault(
      `'${operator}' goes with true and false, and this is ${describeType(expression.type)}`,
      expression.at,
    );
  }

  private require(text: ')' | '(' | ']' | ':'): void {
    if (this.takePunctuation(text)) return;
    throw this.fault(`'${text}' is expected`, this.token.at);
  }

  private nested<T>(at: number, read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_EXPRESSION_DEPTH) {
      throw this.fault(
        `The expression is nested more than ${String(MAX_EXPRESSION_DEPTH)} levels deep`,
        at,
      );
    }
    const value = read();
    this.depth -= 1;
    return value;
  }

  private count(at: number): void {
    this.terms += 1;
    if (this.terms <= MAX_EXPRESSION_TERMS) return;
    throw this.fault(`The expression has more than ${String(MAX_EXPRESSION_TERMS)} terms`, at);
  }

  /** The first operator of a chain nests no deeper than its text does. */
  private countChained(length: number, at: number): void {
    if (length > 1) this.chained += 1;
    if (this.chained <= MAX_CHAINED_OPERATORS) return;
    throw this.fault(
      `The expression chains more than ${String(MAX_CHAINED_OPERATORS)} operators`,
      at,
    );
  }

  private peekPath(): boolean {
    const { token } = this;
    return token.kind === 'punctuation' && token.text === '/';
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }

  private noSuchFunction(written: string, at: number): GraphError {
    if (!UNSUPPORTED_FUNCTIONS.has(written.toLowerCase())) {
      return this.fault(`There is no function '${shorten(written)}'`, at);
    }
    return new GraphError(
      'NotImplemented',
      `The function '${written}' is not supported, at position ${String(at)}.`,
      { target: this.context.option },
    );
  }

  private unexpected(token: Token): GraphError {
    if (token.kind === 'end') return this.fault('The expression ends too early', token.at);
    const shown = 'text' in token ? `'${shorten(token.text)}'` : 'This value';
    return this.fault(`${shown} is not expected`, token.at);
  }

  private fault(message: string, at: number): GraphError {
    const within = this.open.at(-1);
    const place = within === undefined ? message : `${message} in '${shorten(within)}'`;
    return syntaxError(place, at, this.context.option);
  }
}

function isNumeric(type: EdmType): boolean {
  return type === 'integer' || type === 'decimal' || type === 'null';
}

function nameOf(type: EdmType): string {
  return typeof type === 'object' ? type.name : type;
}

function isTemporal(type: EdmType): boolean {
  return type === 'dateTimeOffset' || type === 'date' || type === 'duration';
}

/** Whether an overload takes these arguments: an integer goes where a decimal may, and null anywhere. */
function accepts({ parameters }: Overload, operands: readonly Expression[]): boolean {
  return (
    parameters.length === operands.length &&
    parameters.every((type, i) => {
      const given = operands[i]!.type;
      return given === type || given === 'null' || (type === 'decimal' && given === 'integer');
    })
  );
}

/** The value of a literal, negated or not; `null` for what is none. */
function toScalar(expression: Expression): Scalar {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind !== 'negate') return null;
  const value = toScalar(expression.operand);
  // The one integer whose negation no Int64 holds: from there on numbers are doubles.
  if (value === MIN_INT64) return -Number(value);
  return typeof value === 'bigint' || typeof value === 'number' ? -value : null;
}

function call(
  sql: SqlFunction,
  operands: readonly Expression[],
  type: PrimitiveType,
  at: number,
): Expression {
  return { kind: 'call', sql, operands, type, at };
}

/** "If an operand of an arithmetic operator is null, the result is null" (5.1.1.2): of no type where both could be of several. */
function nullAt(at: number): Expression {
  return { kind: 'literal', type: 'null', at, value: null };
}

function negated(duration: Expression): Expression {
  return call('negateDuration', [duration], 'duration', duration.at);
}

function toInstantOf(dateTime: Expression): Expression {
  return call('instant', [dateTime], 'string', dateTime.at);
}
