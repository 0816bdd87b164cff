import { describe, expect, it } from '@jest/globals';

import { ByteBudget } from './byte-budget.js';

function createBudget(): ByteBudget {
  return new ByteBudget({ perCallerBytes: 10, inAllBytes: 15 });
}

describe('a budget of bytes', () => {
  it('ends for each caller, and for all', () => {
    const budget = createBudget();
    const [a, again, b] = [budget.hold('a'), budget.hold('a'), budget.hold('b')];

    expect([a.tryTake(8), a.tryTake(3), again.tryTake(2), again.tryTake(1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([b.tryTake(6), b.tryTake(5), b.tryTake(1)]).toEqual([false, true, false]);
  });

  it('has room again for what was given back, once', () => {
    const budget = createBudget();
    const holding = budget.hold('a');
    holding.take(10);
    holding.giveBack();
    holding.giveBack();

    expect([budget.hasRoom('a', 10), budget.hasRoom('a', 11)]).toEqual([true, false]);
  });

  it('counts what has to be taken, also beyond its end', () => {
    const budget = createBudget();
    budget.hold('a').take(20);

    expect([budget.hasRoom('a', 0), budget.hasRoom('b', 1)]).toEqual([false, false]);
  });
});
