import { describe, expect, it } from '@jest/globals';

import { parseEnvFile } from './env-file.js';

const LATIN_1 = Buffer.from('# für alle\nPORT=1', 'latin1');

describe('parseEnvFile', () => {
  it.each([
    ['UTF-16, as Windows writes it', Buffer.from('\ufeffPORT=1', 'utf16le'), 'UTF-16'],
    ['UTF-16, the other way', Buffer.from('\ufeffPORT=1', 'utf16le').swap16(), 'UTF-16'],
    ['UTF-16 without a mark', Buffer.from('PORT=1', 'utf16le'), 'NUL bytes'],
    ['NUL bytes', Buffer.from('PORT=1\nDOCS=\0true'), 'NUL bytes'],
    ['Latin-1', LATIN_1, 'not UTF-8'],
  ])('refuses %s, and says what to do', (_what, bytes, reason) => {
    expect(() => parseEnvFile(bytes)).toThrow(reason);
    expect(() => parseEnvFile(bytes)).toThrow('save it as UTF-8');
  });

  it.each([
    ['', {}],
    ['\ufeffPORT=1', { PORT: '1' }],
    ['\ufeff# PORT=2\r\nPORT=1\r\n', { PORT: '1' }],
    ['PORT=1\rDOCS=true', { PORT: '1', DOCS: 'true' }],
    ['  export PORT = 1 # why', { PORT: '1' }],
    ['#PORT 2\n\n  \nPORT=', { PORT: '' }],
    [
      'KEY="-----BEGIN\nabc def\n-----END" # x\nPORT=1',
      { KEY: '-----BEGIN\nabc def\n-----END', PORT: '1' },
    ],
  ])('reads %j, and finds nothing strange', (text, settings) => {
    expect(parseEnvFile(Buffer.from(text))).toEqual({ settings: { ...settings }, warnings: [] });
  });

  it.each([
    ['PORT 3000', [1], {}],
    ['PORT: 3000\nDOCS=true', [1], { DOCS: 'true' }],
    [
      'DOCS=true\n\nPORT 3000\nLOG_LEVEL=debug\nset PORT=1',
      [3, 5],
      { DOCS: 'true', LOG_LEVEL: 'debug' },
    ],
    ['=1\nPORT=1', [1], { PORT: '1' }],
    ['KEY="a\nb"\nSECRET', [3], { KEY: 'a\nb' }],
    ["KEY='it\nPORT=1", [1], { PORT: '1' }],
    ['PORT="4110\n', [1], {}],
    ['RATE_LIMIT="graph\nPORT="4155', [1, 2], {}],
    // What was pasted, or joined from two files.
    ['\u00a0PORT=1\nDOCS=true', [1], { DOCS: 'true' }],
    ['DOCS=true\n\ufeffPORT=1', [2], { DOCS: 'true' }],
  ])(
    'warns of the lines of %j that are no settings, and reads the others',
    (text, lines, settings) => {
      expect(parseEnvFile(Buffer.from(text))).toEqual({
        settings: { ...settings },
        warnings: lines.map(
          (line) =>
            `line ${String(line)} of .env is no setting: write NAME=value, with quotes that ` +
            'are closed, or # in front of it',
        ),
      });
    },
  );
});
