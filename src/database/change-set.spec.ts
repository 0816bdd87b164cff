import { describe, expect, it } from '@jest/globals';

import { commitWrite, runChangeSet } from './change-set.js';

type Request = () => Promise<string>;

/** What was committed, each time together. */
let commits: string[][] = [];

function commit(writes: readonly string[]): Promise<string[]> {
  commits.push([...writes]);
  return Promise.resolve(writes.map((write) => `${write} written`));
}

function fail(): Promise<string[]> {
  return Promise.reject(new Error('disk full'));
}

function write(what: string, by = commit): Request {
  return () => commitWrite(what, by);
}

async function idle(): Promise<string> {
  return Promise.resolve('nothing');
}

async function refuse(): Promise<string> {
  return Promise.reject(new Error('refused'));
}

async function late(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return commitWrite('late', commit);
}

async function twice(): Promise<string> {
  await commitWrite('a', commit);
  return commitWrite('again', commit);
}

async function throwBehind(): Promise<string> {
  const written = await commitWrite('a', commit);
  throw new Error(`threw behind ${written}`);
}

async function throwBeside(): Promise<string> {
  const written = commitWrite('a', commit);
  await Promise.all([written, refuse()]);
  return written;
}

function thrown(): never {
  throw new Error('threw at once');
}

const UNDONE = 'Another request of the change set failed: nothing of it was stored.';

describe('runChangeSet', () => {
  it.each<[string, Request[], string[], string[][]]>([
    ['none', [], [], []],
    ['one write', [write('a')], ['a written'], [['a']]],
    ['one that writes nothing', [idle], ['nothing'], []],
    [
      'writes, one of them late',
      [late, write('b')],
      ['late written', 'b written'],
      [['late', 'b']],
    ],
    ['one that writes nothing among writes', [write('a'), idle], ['a written', 'nothing'], [['a']]],
    ['one that is refused first', [refuse, write('b')], ['refused', UNDONE], []],
    ['one that is refused last', [write('a'), refuse], [UNDONE, 'refused'], []],
    ['one that throws at once', [write('a'), thrown], [UNDONE, 'threw at once'], []],
    ['nothing but refusals', [refuse, refuse], ['refused', 'refused'], []],
    ['a commit that fails', [write('a', fail), write('b', fail)], ['disk full', 'disk full'], []],
    ['one that fails beside its write', [throwBeside, late], ['refused', UNDONE], []],
    [
      'one that fails behind its write, when all is stored',
      [throwBehind, write('b')],
      ['threw behind a written', 'b written'],
      [['a', 'b']],
    ],
    [
      'one that writes twice',
      [twice, write('b')],
      ['a request of a change set writes once', 'b written'],
      [['a', 'b']],
    ],
  ])('settles every request once: %s', async (_what, requests, outcomes, committed) => {
    commits = [];
    const settled = await runChangeSet(requests);

    expect(
      settled.map((each) =>
        each.status === 'fulfilled' ? each.value : (each.reason as Error).message,
      ),
    ).toEqual(outcomes);
    expect(commits).toEqual(committed);
  });

  it('leaves writes outside of it alone', async () => {
    commits = [];
    const [outside] = await Promise.all([write('c')(), runChangeSet([write('a'), late])]);

    expect(outside).toBe('c written');
    expect(commits).toEqual([['c'], ['a', 'late']]);
  });
});
