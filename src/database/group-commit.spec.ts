import { describe, expect, it } from '@jest/globals';

import { GroupCommit } from './group-commit.js';

function never(): boolean {
  return false;
}

describe('GroupCommit', () => {
  it('commits together what arrives in one turn, in its order', async () => {
    const groups: number[][] = [];
    const commits = new GroupCommit<number, string>({
      commit: (rows) => {
        groups.push([...rows]);
        return Promise.resolve(rows.map(String));
      },
      canFollow: never,
    });
    const together = await Promise.all([commits.submit(1), commits.submit(2), commits.submit(3)]);
    const alone = await commits.submit(4);

    expect([...together, alone]).toEqual(['1', '2', '3', '4']);
    expect(groups).toEqual([[1, 2, 3], [4]]);
  });

  it('holds a group to a thousand rows, and leaves none behind', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit<number, number>({
      commit: (rows) => {
        sizes.push(rows.length);
        return Promise.resolve(rows);
      },
      canFollow: never,
    });
    const numbers = Array.from({ length: 2500 }, (_, i) => i);

    expect(await Promise.all(numbers.map((i) => commits.submit(i)))).toEqual(numbers);
    expect(sizes).toEqual([1000, 1000, 500]);
  });

  it('hands over what needs nothing of others meanwhile, and all else behind them', async () => {
    const groups: number[][] = [];
    const commits = new GroupCommit<number, number>({
      commit: async (rows) => {
        groups.push([...rows]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        groups.push([...rows].map((row) => -row));
        return rows;
      },
      canFollow: (row) => row < 100,
    });
    async function later(row: number): Promise<number> {
      await new Promise((resolve) => setImmediate(resolve));
      return commits.submit(row);
    }

    expect(await Promise.all([commits.submit(1), later(2), later(100), later(3)])).toEqual([
      1, 2, 100, 3,
    ]);
    expect(groups).toEqual([[1], [2], [-1], [-2], [100, 3], [-100, -3]]);
  });

  it('hands over many rows before the turn is over, where they can follow', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit<number, number>({
      commit: (rows) => {
        sizes.push(rows.length);
        return Promise.resolve(rows);
      },
      canFollow: () => true,
    });
    await Promise.all(Array.from({ length: 60 }, (_, i) => commits.submit(i)));

    expect(sizes).toEqual([24, 24, 12]);
  });

  it('refuses the whole group when its commit fails, and goes on with the next', async () => {
    let isBroken = true;
    const commits = new GroupCommit<number, number>({
      commit: (rows) => {
        if (isBroken) throw new Error('disk');
        return Promise.resolve(rows);
      },
      canFollow: never,
    });
    const failed = await Promise.allSettled([commits.submit(1), commits.submit(2)]);
    isBroken = false;

    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await commits.submit(3)).toBe(3);
  });
});
