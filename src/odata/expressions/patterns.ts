import { countFoldedCharacters, MAX_FOLDED_CHARACTERS, MAX_PATTERN_STEPS } from './pattern.js';
import type { Fault } from './syntax-error.js';

/**
 * A pattern where it is mentioned in a request. Whether it can be compiled, only the engine of the
 * database can tell.
 */
export interface Pattern {
  linear: string;
  toFault: (problem: PatternProblem) => Error;
}

export type PatternProblem = 'malformed' | 'too many steps';

/** The patterns of one request, each mention counted. */
export class Patterns {
  readonly mentioned: Pattern[] = [];
  private readonly texts = new Set<string>();
  private folded = 0;

  /**
   * Throws for patterns that would take too long to compile. A text is compiled once, however often
   * it is mentioned.
   */
  mention(linear: string, at: number, fault: Fault): void {
    if (!this.texts.has(linear)) {
      this.texts.add(linear);
      this.folded += countFoldedCharacters(linear);
    }
    if (this.folded > MAX_FOLDED_CHARACTERS) {
      throw fault(
        `The classes of the patterns span more than ${String(MAX_FOLDED_CHARACTERS)} ` +
          'characters to be matched in either case',
        at,
      );
    }
    this.mentioned.push({ linear, toFault: (problem) => fault(PROBLEMS[problem], at) });
  }
}

const PROBLEMS: Readonly<Record<PatternProblem, string>> = {
  malformed:
    'This is no pattern that can be matched in linear time (no back references, no lookaround)',
  'too many steps':
    'The patterns of the request compile to more than ' + `${String(MAX_PATTERN_STEPS)} steps`,
};
