import { describe, expect, it } from '@jest/globals';

import { toReadableLines } from './readable-lines.js';

const TIME = '2026-01-02T03:04:05.678Z';

// eslint-disable-next-line no-control-regex -- they are what is looked for
const COLORS = /\u001b\[\d+m/g;

function read(...lines: object[]): string {
  const text = lines.map((line) => JSON.stringify({ level: 30, time: TIME, ...line }));
  return toReadableLines(`${text.join('\n')}\n`)
    .replaceAll(COLORS, '')
    .replaceAll(/^\[\d\d:\d\d:\d\d\] /gm, '');
}

describe('a line of the log on a terminal', () => {
  it.each<[string, object, string]>([
    ['text', { msg: 'Hello.' }, 'INFO: Hello.\n'],
    ['members', { level: 40, refused: 3, msg: 'closed' }, 'WARN: closed {"refused":3}\n'],
    [
      'a request',
      { requestId: 'x', method: 'GET', route: '/', status: 200, durationMs: 1.25, msg: 'request' },
      'INFO: GET / 200 in 1.3 ms\n',
    ],
    [
      'a refusal',
      { method: 'GET', status: 404, durationMs: 0, code: 'A', reason: 'No.', msg: 'request' },
      'INFO: GET 404 in 0.0 ms: A: No.\n',
    ],
    [
      'what never became a request',
      { requestId: 'x', status: 400, code: 'A', reason: 'No.', msg: 'request' },
      'INFO: 400: A: No.\n',
    ],
    ['a reason', { level: 40, reason: 'busy', msg: 'Away.' }, 'WARN: Away. (busy)\n'],
    [
      'what would move the cursor',
      { reason: '\u001b[2J\u009b1A\r\u0007', msg: 'a\u001b[31m\u007f' },
      'INFO: a\ufffd[31m\ufffd (\ufffd[2J\ufffd1A\ufffd\ufffd)\n',
    ],
    [
      'what would turn or begin a line',
      { token: { kid: 'a\u202eb\nINFO: c', iss: '\u2028d' }, msg: 'refused' },
      'INFO: refused {"token":{"kid":"a\ufffdb INFO: c","iss":"\ufffdd"}}\n',
    ],
  ])('shows %s', (_what, line, shown) => {
    expect(read(line)).toBe(shown);
  });

  it('shows the stack of a fault in lines of its own', () => {
    const err = { type: 'Error', message: 'a\u001bb', stack: 'Error: a\u001bb\n    at x' };

    expect(read({ level: 50, err, msg: 'failed' })).toContain(
      'Error: a\ufffdb\n              at x\n',
    );
  });

  it('shows several', () => {
    expect(read({ msg: 'a' }, { msg: 'b' })).toBe('INFO: a\nINFO: b\n');
  });
});
