import { shorten, type GraphError } from '../../errors/graph-error.js';
import { cureOf } from './cures.js';
import type { Token } from './lexer.js';
import type { Fault } from './syntax-error.js';

/** The tokens of an expression, one after the other: what is taken, and what has to be there. */
export class TokenReader {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly fault: Fault,
  ) {}

  /** The token that comes next; the last is `end`. */
  get token(): Token {
    return this.tokens[this.next]!;
  }

  take(): void {
    this.next += 1;
  }

  /** Takes a word such as `desc`, in any case. */
  takeWord(...words: string[]): string | undefined {
    const { token } = this;
    const word = token.kind === 'name' ? token.text.toLowerCase() : '';
    if (!words.includes(word)) return undefined;
    this.take();
    return word;
  }

  takePunctuation(text: string): boolean {
    const { token } = this;
    if (token.kind !== 'punctuation' || token.text !== text) return false;
    this.take();
    return true;
  }

  takeName(): Token & { kind: 'name' } {
    const { token } = this;
    if (token.kind !== 'name') throw this.unexpected();
    this.take();
    return token;
  }

  require(text: ')' | '(' | ']' | ':'): void {
    if (this.takePunctuation(text)) return;
    throw this.fault(`'${text}' is expected`, this.token.at);
  }

  requireEnd(): void {
    if (this.token.kind !== 'end') throw this.unexpected();
  }

  /** The fault of a token that nothing can begin with. */
  unexpected(): GraphError {
    const { token } = this;
    if (token.kind === 'end') return this.fault('The expression ends too early', token.at);
    const shown = 'text' in token ? `'${shorten(token.text)}'` : 'This value';
    return this.fault(`${shown} is not expected`, token.at, {
      cure: token.kind === 'name' ? cureOf(token.text) : '',
    });
  }
}
