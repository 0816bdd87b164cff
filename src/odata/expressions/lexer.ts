/**
 * The text of an expression as tokens (OData ABNF, `commonExpr` and `primitiveLiteral`). A
 * literal's own form tells its type; a token says where it begins, counted in characters (UTF-16
 * units) from 0.
 */
import { shorten, type GraphError } from '../../errors/graph-error.js';
import { toInstant } from '../date-time-offset.js';
import type { PrimitiveType } from '../edm.js';
import { MIN_INT64, type Scalar } from './expression.js';
import { cureOf, cureOfTime } from './cures.js';
import { syntaxError } from './syntax-error.js';
import { parseDuration, parseTimeOfDay, toDateTimeText } from './temporal.js';

export type Token = { at: number; end: number } & (
  | { kind: 'literal'; type: PrimitiveType | 'null'; value: Scalar }
  /** `qualified.Name'text'`: an enumeration's member, or a type that is not known here. */
  | { kind: 'typedLiteral'; typeName: string; text: string }
  | { kind: 'name'; text: string }
  | { kind: 'alias'; text: string }
  | { kind: 'punctuation'; text: '(' | ')' | ',' | ':' | '/' | '-' | '[' | ']' }
  | { kind: 'end' }
);

/** The longest expression that is read, in characters. */
export const MAX_EXPRESSION_LENGTH = 8192;

const SPACE = /[ \t]*/y;
/** Two quotes are one of the string, wherever they stand. */
const STRING = /'((?:[^']|'')*)'(?!')/y;
const JSON_STRING = /"(?:[^"\\]|\\.)*"/y;
const NAME =
  /\$?[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*(?:\.[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*)*/uy;
const ALIAS = /@[\p{L}_][\p{L}\p{Nd}_.]*/uy;
const GUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\w-])/iy;
/**
 * An unencoded `+` of an offset has become a space on its way; nothing else can follow a time so.
 */
const DATE_TIME = /\d{4,}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+\- ]\d\d:\d\d)/iy;
const DATE = /\d{4,}-\d\d-\d\d/y;
const TIME = /\d\d:\d\d(?::\d\d(?:\.\d+)?)?/y;
const NUMBER = /(?:-?INF(?![\w])|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/iy;
const WORD = /[\p{L}\p{N}_]/uy;
const PUNCTUATION = /[(),:/\-[\]]/y;

const MAX_INT64 = 2n ** 63n - 1n;

/** Turns an option's text into tokens, the last of which is `end`. */
export function tokenize(text: string, option: string): Token[] {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw syntaxError(
      `The expression is too long: at most ${String(MAX_EXPRESSION_LENGTH)} characters are read,`,
      MAX_EXPRESSION_LENGTH,
      option,
    );
  }
  return new Lexer(text, option).tokens();
}

class Lexer {
  private at = 0;
  /**
   * How many square brackets are open: a list in them is JSON, and its strings are JSON's (ABNF,
   * `arrayOrObject`).
   */
  private openBrackets = 0;

  constructor(
    private readonly text: string,
    private readonly option: string,
  ) {}

  tokens(): Token[] {
    const tokens: Token[] = [];
    for (;;) {
      this.take(SPACE);
      const token = this.next();
      tokens.push(token);
      if (token.kind === 'end') return tokens;
    }
  }

  private next(): Token {
    const at = this.at;
    if (at === this.text.length) return { kind: 'end', at, end: at };
    return (
      this.string(at) ??
      this.jsonString(at) ??
      this.guid(at) ??
      this.temporal(at) ??
      this.number(at) ??
      this.word(at) ??
      this.alias(at) ??
      this.punctuation(at)
    );
  }

  private string(at: number): Token | undefined {
    if (this.text[at] !== "'") return undefined;
    return { kind: 'literal', type: 'string', value: this.quoted(at), at, end: this.at };
  }

  private jsonString(at: number): Token | undefined {
    const written = this.openBrackets === 0 ? undefined : this.take(JSON_STRING);
    if (written === undefined) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(written);
    } catch {
      throw this.fault(`${shorten(written)} is no string of JSON`, at);
    }
    const text = String(value);
    if (text.includes('\0') || !text.isWellFormed()) {
      throw this.fault('A string cannot hold U+0000 or half of a surrogate pair', at);
    }
    return { kind: 'literal', type: 'string', value: text, at, end: this.at };
  }

  private quoted(at: number): string {
    const quoted = this.take(STRING);
    if (quoted === undefined) {
      throw this.fault("The string has no closing quote (a quote inside it is written '')", at);
    }
    if (quoted.includes('\0')) throw this.fault('A string cannot hold U+0000', at);
    return quoted.slice(1, -1).replaceAll("''", "'");
  }

  private guid(at: number): Token | undefined {
    const value = this.take(GUID);
    return value === undefined
      ? undefined
      : { kind: 'literal', type: 'guid', value: value.toLowerCase(), at, end: this.at };
  }

  private temporal(at: number): Token | undefined {
    const dateTime = this.take(DATE_TIME);
    if (dateTime !== undefined) {
      const value = dateTime.replace(' ', '+');
      if (toInstant(value) === undefined) throw this.noSuch('date and time', dateTime, at);
      return this.literal('dateTimeOffset', value, at);
    }
    const date = this.take(DATE);
    if (date !== undefined) {
      const cure = cureOfTime(this.text.slice(at));
      if (cure !== '') throw this.fault('The time is not whole', at, cure);
      if (toInstant(toDateTimeText(date)) === undefined) throw this.noSuch('date', date, at);
      return this.literal('date', date, at);
    }
    const time = this.take(TIME);
    if (time === undefined) return undefined;
    const value = parseTimeOfDay(time);
    if (value === undefined) throw this.noSuch('time of day', time, at);
    return this.literal('timeOfDay', value, at);
  }

  private number(at: number): Token | undefined {
    const written = this.take(NUMBER);
    if (written === undefined) return undefined;
    if (/INF$/i.test(written)) {
      return this.literal('decimal', written.startsWith('-') ? -Infinity : Infinity, at);
    }
    const isInteger = /^[+-]?\d+$/.test(written);
    const integer = isInteger ? BigInt(written) : 0n;
    if (isInteger && integer >= MIN_INT64 && integer <= MAX_INT64) {
      return this.literal('integer', integer, at);
    }
    return this.literal('decimal', Number(written), at);
  }

  private word(at: number): Token | undefined {
    const text = this.take(NAME);
    if (text === undefined) return undefined;
    if (this.text[this.at] === "'") return this.typedLiteral(text, at);
    switch (text.toLowerCase()) {
      case 'null':
        return { kind: 'literal', type: 'null', value: null, at, end: this.at };
      case 'nan':
        return this.literal('decimal', NaN, at);
      case 'true':
        return this.literal('boolean', true, at);
      case 'false':
        return this.literal('boolean', false, at);
      default:
        return { kind: 'name', text, at, end: this.at };
    }
  }

  private typedLiteral(typeName: string, at: number): Token {
    const text = this.quoted(this.at);
    if (typeName.toLowerCase() !== 'duration') {
      return { kind: 'typedLiteral', typeName, text, at, end: this.at };
    }
    const value = parseDuration(text);
    if (value === undefined) throw this.noSuch('duration', text, at);
    return this.literal('duration', value, at);
  }

  private alias(at: number): Token | undefined {
    const text = this.take(ALIAS);
    return text === undefined ? undefined : { kind: 'alias', text, at, end: this.at };
  }

  private punctuation(at: number): Token {
    const text = this.take(PUNCTUATION);
    if (text === '[') this.openBrackets += 1;
    if (text === ']') this.openBrackets -= 1;
    if (text !== undefined) return { kind: 'punctuation', text: text as '(', at, end: this.at };
    const rest = this.text.slice(at);
    const [character = ''] = rest;
    throw this.fault(`'${character}' is not expected`, at, cureOf(rest));
  }

  /** A literal, which a letter or a digit right behind it would make another word. */
  private literal(type: PrimitiveType, value: Scalar, at: number): Token {
    if (this.peek(WORD)) {
      const written = this.text.slice(at, this.at + 1);
      throw this.fault(`'${shorten(written)}' begins no literal of OData`, at);
    }
    return { kind: 'literal', type, value, at, end: this.at };
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private peek(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  private noSuch(what: string, written: string, at: number): GraphError {
    return this.fault(`There is no ${what} '${shorten(written)}'`, at);
  }

  private fault(message: string, at: number, cure = ''): GraphError {
    return syntaxError(message, at, this.option, { cure });
  }
}
