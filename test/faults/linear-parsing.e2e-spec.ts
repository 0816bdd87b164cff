import { describe, expect, it } from '@jest/globals';

import { parseJsonBatch } from '../../src/batch/json-batch.js';
import { parseMessage, readBoundary, splitParts } from '../../src/batch/mime.js';
import { parseMultipartBatch } from '../../src/batch/multipart-batch.js';
import { parseStrictJson } from '../../src/http/bodies/strict-json.js';
import { isAnyMatch } from '../../src/odata/protocol/entity-tag.js';
import { parseFilter } from '../../src/odata/expressions/expression-parser.js';
import { Patterns } from '../../src/odata/expressions/patterns.js';
import { tokenize } from '../../src/odata/expressions/lexer.js';
import { parseJsonFormat, requireTextAccepted } from '../../src/odata/protocol/media-type.js';
import { parsePreferences } from '../../src/odata/protocol/preferences.js';
import { parseQueryOptions } from '../../src/odata/protocol/query-options.js';
import { parseSearch } from '../../src/odata/expressions/search-parser.js';
import { findResource } from '../../src/resources.js';
import { USER_STATUS } from '../../src/user-statuses/model/user-statuses.set.js';

/** The largest input that passes the limits, in characters; a quarter of it where there is little time. */
const SCALE = process.env.FAULTS === 'full' ? 1 : 0.25;
const BATCH = 1_048_576 * SCALE;
const HEADERS = 32_768 * SCALE;
const URL = 16_384 * SCALE;
const EXPRESSION = 8192 * SCALE;

/** What is read four times as long takes about four times the time; what goes by the square takes sixteen times. */
const MAX_GROWTH = 10;
/** Of no weight, and as much as another process can take away. */
const SLACK_MS = 4;
const ROUNDS = 5;
const ATTEMPTS = 6;

/** As many as BATCH_MAX_REQUESTS can allow. */
const MOST_REQUESTS = 1000;

type Reader = (input: string) => unknown;
type Case = [what: string, size: number, read: Reader, write: (length: number) => string];

const readJson: Reader = (text) => parseStrictJson(Buffer.from(text), 64);
const readParts: Reader = (text) =>
  parseMultipartBatch(Buffer.from(text), 'multipart/mixed; boundary=b', MOST_REQUESTS);
const readBatch: Reader = (text) => parseJsonBatch(readJson(text), MOST_REQUESTS);
const readFilter: Reader = (text) =>
  parseFilter(text, {
    entityType: USER_STATUS,
    option: '$filter',
    purpose: 'filter on',
    aliases: new Map(),
    now: '2026-01-01T00:00:00Z',
    patterns: new Patterns(),
  });
const readPath: Reader = (key) => findResource(`/deviceManagement/deviceConfigurations${key}`);

function repeat(text: string): (length: number) => string {
  return (length) => text.repeat(Math.floor(length / text.length));
}

/** As many different texts as there is room for. */
function each(toText: (i: number) => string): (length: number) => string {
  return (length) => {
    const texts: string[] = [];
    for (let written = 0; written < length; written += texts.at(-1)!.length) {
      texts.push(toText(texts.length));
    }
    return texts.join('');
  };
}

function part(request: (length: number) => string): (length: number) => string {
  return (length) =>
    `--b\r\nContent-Type: application/http\r\n\r\n${request(length)}\r\n\r\n\r\n--b--`;
}

const CASES: Case[] = [
  ['JSON: one number', BATCH, readJson, (n) => `[${'1'.repeat(n)}]`],
  ['JSON: many numbers', BATCH, readJson, (n) => `[${repeat('0.12345678901234567,')(n)}1]`],
  ['JSON: exponents', BATCH, readJson, (n) => `[${repeat('1e9999999,')(n)}1]`],
  ['JSON: backslashes', BATCH, readJson, (n) => `["${repeat('\\\\')(n)}"]`],
  ['JSON: escaped quotes', BATCH, readJson, (n) => `["${repeat('\\"')(n)}"]`],
  ['JSON: names', BATCH, readJson, (n) => `{${each((i) => `"a${String(i)}":1,`)(n)}"z":1}`],
  ['JSON: a name twice', BATCH, readJson, (n) => `{${repeat('"a":1,')(n)}"a":1}`],
  ['JSON: a nest', BATCH, readJson, (n) => '['.repeat(n / 2) + ']'.repeat(n / 2)],
  ['JSON: white space', BATCH, readJson, repeat(' ')],
  ['a boundary: spaces', HEADERS, readBoundary, (n) => `multipart/mixed;${' '.repeat(n)}`],
  ['a boundary: semicolons', HEADERS, readBoundary, repeat('; ')],
  ['a boundary: spaces behind', HEADERS, readBoundary, repeat(`;boundary=xx${' '.repeat(200)}y`)],
  ['parts: line ends', BATCH, (text) => splitParts(text, 'b', MOST_REQUESTS), repeat('\r\n')],
  [
    'parts: half delimiters',
    BATCH,
    (text) => splitParts(text, 'b', MOST_REQUESTS),
    repeat('\r\n--b x'),
  ],
  [
    'parts: spaces behind',
    BATCH,
    (text) => splitParts(text, 'b', MOST_REQUESTS),
    (n) => `\n--b${' '.repeat(n)}x`,
  ],
  [
    'parts: hyphens',
    BATCH,
    (text) => splitParts(text, '-'.repeat(70), MOST_REQUESTS),
    repeat(`\n${'-'.repeat(99)}`),
  ],
  ['a field: name', BATCH, parseMessage, repeat('a')],
  ['a field: value', BATCH, parseMessage, (n) => `a:${' '.repeat(n)}\u0001`],
  ['a request line: spaces', BATCH, readParts, part((n) => `GET x${' '.repeat(n)}y`)],
  ['a request line: URL', BATCH, readParts, part((n) => `GET ${'x'.repeat(n)} y`)],
  [
    'a batch: dependencies',
    BATCH,
    readBatch,
    (n) =>
      `{"requests":[{"id":"1","method":"GET","url":"x"},{"id":"2","method":"GET","url":"x","dependsOn":[${repeat('"1",')(n)}"1"]}]}`,
  ],
  [
    'a batch: annotations',
    BATCH,
    readBatch,
    (n) =>
      `{"requests":[{"id":"1","method":"GET","url":"x",${each((i) => `"@${String(i)}":1,`)(n)}"@":1}]}`,
  ],
  ['Accept: members', HEADERS, (text) => parseJsonFormat(text, undefined), repeat('*/*;q=0.5,')],
  ['Accept: quotes', HEADERS, (text) => parseJsonFormat(text, undefined), repeat('"')],
  [
    'Accept: escapes',
    HEADERS,
    (text) => parseJsonFormat(text, undefined),
    (n) => `"${repeat('a\\')(n)}`,
  ],
  [
    'Accept: parameters',
    HEADERS,
    (text) => parseJsonFormat(text, undefined),
    (n) => `*/*${repeat(';metadata ')(n)}`,
  ],
  ['Accept: texts', HEADERS, requireTextAccepted, repeat('text/plain;q=0,')],
  ['Prefer: members', HEADERS, parsePreferences, each((i) => `a${String(i)}=b,`)],
  ['Prefer: quotes', HEADERS, parsePreferences, (n) => `return=${'"'.repeat(n)}`],
  ['If-Match: quotes', HEADERS, (text) => isAnyMatch(text, 'W/"x"'), repeat('"')],
  ['If-Match: tags', HEADERS, (text) => isAnyMatch(text, 'W/"x"'), repeat('W/"a",')],
  [
    'If-Match: an open tag',
    HEADERS,
    (text) => isAnyMatch(text, 'W/"x"'),
    (n) => `"${'a'.repeat(n)}`,
  ],
  ['a query: options', URL, (text) => parseQueryOptions(text, []), repeat('a=b&')],
  [
    'a query: aliases',
    URL,
    (text) => parseQueryOptions(text, []),
    each((i) => `@a${String(i)}=1&`),
  ],
  [
    'a query: pluses',
    URL,
    (text) => parseQueryOptions(text, ['filter']),
    (n) => `$filter=${'+'.repeat(n)}`,
  ],
  ['a path: slashes', URL, readPath, repeat('/')],
  ['a path: quotes', URL, readPath, (n) => `('${"''".repeat(n / 2)}x)`],
  ['a path: spaces', URL, readPath, (n) => `('a'${repeat('%20')(n)}x)`],
  ['a path: segments', URL, readPath, repeat('/microsoft.graph.x')],
  ...(
    [
      ['quotes', repeat("'")],
      ['digits', repeat('1')],
      ['numbers', repeat('1 ')],
      ['hyphens', repeat('-')],
      ['names', repeat('a.a ')],
      ['brackets', (n) => `[${repeat('"a",')(n)}`],
      ['dates', repeat('2026-01-01T00:00:00 ')],
      ['half a GUID', repeat('11111111-1111-1111-1111-')],
      ['a year', (n) => `${'1'.repeat(n)}-01-01T00:00`],
    ] as [string, (length: number) => string][]
  ).map(([what, write]): Case => [
    `tokens: ${what}`,
    EXPRESSION,
    (text) => tokenize(text, '$filter'),
    write,
  ]),
  ...(
    [
      ['a list', (n) => `id in (${repeat("'a',")(n)}'a')`],
      ['a sum', (n) => `1${repeat(' add 1')(n)} eq 1`],
      ['negations', (n) => `${repeat('not ')(n)}true`],
      ['parentheses', (n) => `${'('.repeat(n / 2)}true${')'.repeat(n / 2)}`],
      ['comparisons', (n) => `true${repeat(' eq true')(n)}`],
      ['arguments', (n) => `concat(${repeat('1,')(n)}1)`],
    ] as [string, (length: number) => string][]
  ).map(([what, write]): Case => [`a filter: ${what}`, EXPRESSION - 64, readFilter, write]),
  ['a search: quotes', 1024, parseSearch, repeat('"')],
  ['a search: words', 1024, parseSearch, repeat('a ')],
];

/** The least of several times, in milliseconds, whether the input is read or refused. */
function measure(read: Reader, input: string): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    try {
      read(input);
    } catch {
      // Most of this is no good input; how long it takes to find out is the question.
    }
    best = Math.min(best, performance.now() - from);
  }
  return best;
}

/** By how much more than `factor` times as long one input takes than another; what others do to the processor meanwhile is measured out. */
function excessOf(read: Reader, input: string, factor: number, other: string): number {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least > 0; attempt += 1) {
    const allowed = factor * measure(read, other) + SLACK_MS;
    least = Math.min(least, measure(read, input) - allowed);
  }
  return least;
}

describe('the time that reading takes', () => {
  it.each(CASES)('grows no faster than the input: %s', (_what, size, read, write) => {
    expect(excessOf(read, write(size), MAX_GROWTH, write(size / 4))).toBeLessThanOrEqual(0);
  });
});
