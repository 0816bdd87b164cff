import type { Fault } from './syntax-error.js';

/** How deep parentheses, functions and signs may be nested in one another. */
export const MAX_EXPRESSION_DEPTH = 50;

/**
 * The most literals, properties and function calls in one expression, those behind parameter
 * aliases included.
 */
export const MAX_EXPRESSION_TERMS = 500;

/**
 * How many operators of one precedence may follow one another, as in `1 add 2 add 3`, in all such
 * chains together. Each nests the SQL deeper without nesting the text; SQLite takes 1,000 levels.
 */
export const MAX_CHAINED_OPERATORS = 100;

/**
 * What one expression has used of its limits, and the texts behind its parameter aliases with it.
 */
export class ExpressionBudget {
  private depth = 0;
  private terms = 0;
  private chained = 0;

  nest<T>(at: number, fault: Fault, read: () => T): T {
    this.depth += 1;
    if (this.depth > MAX_EXPRESSION_DEPTH) {
      throw fault(
        `The expression is nested more than ${String(MAX_EXPRESSION_DEPTH)} levels deep`,
        at,
      );
    }
    const value = read();
    this.depth -= 1;
    return value;
  }

  countTerm(at: number, fault: Fault): void {
    this.terms += 1;
    if (this.terms <= MAX_EXPRESSION_TERMS) return;
    throw fault(`The expression has more than ${String(MAX_EXPRESSION_TERMS)} terms`, at);
  }

  /** For all operators of a chain but the first, which nests no deeper than its text does. */
  countChained(at: number, fault: Fault): void {
    this.chained += 1;
    if (this.chained <= MAX_CHAINED_OPERATORS) return;
    throw fault(`The expression chains more than ${String(MAX_CHAINED_OPERATORS)} operators`, at);
  }
}
