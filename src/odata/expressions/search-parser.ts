/**
 * `$search` (OData ABNF, `searchExpr`; URL Conventions 4.01, 5.1.8): words and "phrases", `NOT`,
 * `AND` (or nothing at all), `OR`, parentheses. A term is found anywhere in a text, without regard
 * to case.
 */
import type { GraphError } from '../../errors/graph-error.js';
import { syntaxError } from './syntax-error.js';

/**
 * The longest search that is read, in characters; the most terms in it, and how deep they may be
 * nested.
 */
export const MAX_SEARCH_LENGTH = 1024;
export const MAX_SEARCH_TERMS = 50;
export const MAX_SEARCH_DEPTH = 20;

const OPTION = '$search';

export type SearchExpression =
  /** The term in the form in which texts are compared with it. */
  | { kind: 'term'; folded: string }
  | { kind: 'not'; operand: SearchExpression }
  | { kind: 'and' | 'or'; operands: readonly SearchExpression[] };

/**
 * A text as it is compared in a search. Greek has two small letters for one capital, by its place
 * in the word.
 */
export function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

interface Token {
  kind: 'term' | 'AND' | 'OR' | 'NOT' | '(' | ')' | 'end';
  text: string;
  at: number;
}

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))/suy;

export function parseSearch(text: string): SearchExpression {
  if (text.length > MAX_SEARCH_LENGTH) {
    throw fault(
      `The search is too long: at most ${String(MAX_SEARCH_LENGTH)} characters are read,`,
      MAX_SEARCH_LENGTH,
    );
  }
  const parser = new SearchParser(tokenize(text));
  return parser.whole();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += /^\s*/u.exec(text.slice(at))![0].length;
    if (at === text.length) return [...tokens, { kind: 'end', text: '', at }];
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw fault('The phrase has no closing quote', at);
    const [, phrase, parenthesis, word] = match;
    if (phrase !== undefined) {
      tokens.push({ kind: 'term', text: phrase.replace(/\\(.)/gsu, '$1'), at });
    } else if (parenthesis !== undefined) {
      tokens.push({ kind: parenthesis as '(' | ')', text: parenthesis, at });
    } else {
      const isOperator = word === 'AND' || word === 'OR' || word === 'NOT';
      tokens.push({ kind: isOperator ? word : 'term', text: word!, at });
    }
    at = TOKEN.lastIndex;
  }
}

class SearchParser {
  private next = 0;
  private depth = 0;
  private terms = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): SearchExpression {
    const expression = this.or();
    if (this.token.kind !== 'end')
      throw fault(`'${this.token.text}' is not expected`, this.token.at);
    return expression;
  }

  private or(): SearchExpression {
    const operands = [this.and()];
    while (this.take('OR')) operands.push(this.and());
    return operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  }

  /** Terms side by side mean `AND`. */
  private and(): SearchExpression {
    const operands = [this.not()];
    while (this.take('AND') || ['term', 'NOT', '('].includes(this.token.kind)) {
      operands.push(this.not());
    }
    return operands.length === 1 ? operands[0]! : { kind: 'and', operands };
  }

  private not(): SearchExpression {
    return this.take('NOT') ? { kind: 'not', operand: this.not() } : this.primary();
  }

  private primary(): SearchExpression {
    const { kind, text, at } = this.token;
    if (kind === 'term') {
      this.next += 1;
      this.terms += 1;
      if (this.terms > MAX_SEARCH_TERMS) {
        throw fault(`The search has more than ${String(MAX_SEARCH_TERMS)} terms`, at);
      }
      if (text === '') throw fault('A phrase cannot be empty', at);
      if (text.includes('\0')) throw fault('A term cannot hold U+0000', at);
      return { kind: 'term', folded: foldCase(text) };
    }
    if (kind !== '(') {
      throw fault(kind === 'end' ? 'The search ends too early' : `'${text}' is not expected`, at);
    }
    this.next += 1;
    this.depth += 1;
    if (this.depth > MAX_SEARCH_DEPTH) {
      throw fault(`The search is nested more than ${String(MAX_SEARCH_DEPTH)} levels deep`, at);
    }
    const inner = this.or();
    if (!this.take(')')) throw fault("')' is expected", this.token.at);
    this.depth -= 1;
    return inner;
  }

  private take(kind: Token['kind']): boolean {
    if (this.token.kind !== kind) return false;
    this.next += 1;
    return true;
  }

  private get token(): Token {
    return this.tokens[this.next]!;
  }
}

function fault(message: string, at: number): GraphError {
  return syntaxError(message, at, OPTION);
}
