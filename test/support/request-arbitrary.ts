/** Requests at random for a collection of known rows: all that a service can be asked, and how it must not be asked. */
import fc, { type Arbitrary } from 'fast-check';

import { drawOrder, drawSteps, toApplyText, toOrderText, type Draw } from './apply-arbitrary.js';
import { expressionsOver } from './filter-arbitrary.js';
import type { ExpressionType, Row } from './filter-expression.js';
import { rows } from './filter-samples.js';
import { toFilterText } from './filter-text.js';
import { wildConditions, wildValues } from './wild-expressions.js';

/** An entity tag that a service has made of its own clock, by where it comes from. */
export interface TagCondition {
  header: 'If-Match' | 'If-None-Match';
  /** The one that was last seen of the entity, or one that it had before. */
  tag: 'last' | 'former';
}

/** What is asked of a collection, without what differs from service to service. */
export interface Asked {
  method: string;
  /** Behind that of the collection; `@next` for the last link to a next page that was seen. */
  path: string;
  /** The key of the entity that it names. */
  id?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
  condition?: TagCondition | undefined;
}

/** A batch in JSON; each item waits for those before it that it names by their places. */
export interface AskedBatch {
  items: (Asked & { dependsOn?: number[]; group?: string | undefined })[];
}

const EXPRESSION_TYPES: readonly ExpressionType[] = [
  ...(['boolean', 'string', 'integer', 'decimal', 'instant'] as const),
  ...(['date', 'time', 'duration', 'status'] as const),
];
const PROPERTIES = [
  ...['id', 'devicesCount', 'lastReportedDateTime', 'status', 'userDisplayName'],
  'userPrincipalName',
];
const MAX_DEPTH = 4;
const MAX_ITEMS = 6;

/** How a body can be wrong, or unusual, by member. */
const ODD_MEMBERS: readonly [string, unknown][] = [
  ...[2_147_483_648, -2_147_483_649, 1.5, '12', null, true, 1e3, -0].map(
    (value): [string, unknown] => ['devicesCount', value],
  ),
  ...['nope', 2, null, '', 'Error'].map((value): [string, unknown] => ['status', value]),
  ...['2017-02-30T00:00:00Z', '', '2017-01-01', null, '0001-01-01T00:00:00+14:00', 5].map(
    (value): [string, unknown] => ['lastReportedDateTime', value],
  ),
  ...['x'.repeat(1024), 'x'.repeat(1025), '😀'.repeat(1024), 'a\u0000b', '\ud800', 7, '', null].map(
    (value): [string, unknown] => ['userDisplayName', value],
  ),
  ...['', 'a\u0001', '.', 'a/b c', 'ä'.repeat(64), null].map((value): [string, unknown] => [
    'id',
    value,
  ]),
  ['@odata.type', '#microsoft.graph.deviceConfigurationUserStatus'],
  ['@odata.type', '#microsoft.graph.user'],
  ['isAdmin', true],
  ['__proto__', {}],
];

/** Alike in their first 256 characters, or nearly so: what an index does not tell apart. */
const LONG_TEXTS = ['', 'a', 'b', '\u{10FFFF}', 'é'].flatMap((end) => [
  'x'.repeat(256) + end,
  'x'.repeat(255) + end,
  '😀'.repeat(256) + end,
]);

/** Some of the rows have texts that are alike for long. */
export function manyRows(count: number): Arbitrary<Row[]> {
  const long = fc.option(fc.constantFrom(...LONG_TEXTS), { freq: 2, nil: undefined });
  return fc
    .tuple(rows(count), fc.array(fc.tuple(long, long), { minLength: count, maxLength: count }))
    .map(([given, texts]) =>
      given.map((row, i) => {
        const [display, principal] = texts[i]!;
        return {
          ...row,
          userDisplayName: display ?? row.userDisplayName,
          userPrincipalName: principal ?? row.userPrincipalName,
        };
      }),
    );
}

export function requestsOver(given: readonly Row[]): Arbitrary<Asked | AskedBatch> {
  const reads = readsOver(given);
  const writes = writesOver(given);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 6, arbitrary: reads },
    { weight: 4, arbitrary: writes },
    { weight: 1, arbitrary: batchesOf(reads, writes) },
  );
}

/**
 * In a chain, where each item waits for the one before; or writes alone, all at once or as one change set: what is read
 * beside a write is read before it or behind it, as it happens.
 */
function batchesOf(reads: Arbitrary<Asked>, writes: Arbitrary<Asked>): Arbitrary<AskedBatch> {
  const several = (items: Arbitrary<Asked>) =>
    fc.array(items, { minLength: 1, maxLength: MAX_ITEMS });
  return fc.oneof(
    several(fc.oneof(reads, writes)).map((items) => ({
      items: items.map((asked, i) => ({ ...asked, dependsOn: i === 0 ? [] : [i - 1] })),
    })),
    several(writes).map((items) => ({ items })),
    several(writes).map((items) => ({ items: items.map((asked) => ({ ...asked, group: 'g' })) })),
  );
}

function readsOver(given: readonly Row[]): Arbitrary<Asked> {
  const conditions = conditionsOver(given);
  const options = optionsOver(given, conditions);
  const keys = keysOver(given);
  const formats = fc.option(
    fc.constantFrom(
      ...['none', 'minimal', 'full'].map((level) => `application/json;odata.metadata=${level}`),
      '*/*',
      'application/xml',
    ),
    { freq: 3, nil: undefined },
  );
  const get = (path: string, accept?: string, id?: string): Asked => ({
    method: 'GET',
    path,
    id,
    ...(accept === undefined ? {} : { headers: { accept } }),
  });
  return fc.oneof(
    { withCrossShrink: true },
    {
      weight: 8,
      arbitrary: fc.tuple(options, formats).map(([query, accept]) => get(toQuery(query), accept)),
    },
    { weight: 2, arbitrary: conditions.map(($filter) => get(`/$count${toQuery({ $filter })}`)) },
    { weight: 4, arbitrary: appliesOver(given).map((query) => get(toQuery(query))) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(keys, selections(), formats)
        .map(([id, $select, accept]) =>
          get(`/${encodeURIComponent(id)}${toQuery({ $select })}`, accept, id),
        ),
    },
    fc
      .tuple(keys, fc.constantFrom(...PROPERTIES, 'nothing'), fc.constantFrom('', '/$value'))
      .map(([id, name, end]) => get(`/${encodeURIComponent(id)}/${name}${end}`, undefined, id)),
    fc
      .constantFrom('', '?$select=errorCount,id', '/successCount', '/pendingCount/$value')
      .map((end) => get(`/../userStatusOverview${end}`)),
    { weight: 2, arbitrary: fc.constant(get('@next')) },
  );
}

function conditionsOver(given: readonly Row[]): Arbitrary<string> {
  const expressions = expressionsOver(given);
  return fc.oneof(
    { weight: 4, arbitrary: expressionTexts(expressions('boolean', MAX_DEPTH)) },
    { weight: 4, arbitrary: wildConditions() },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...PROPERTIES),
          fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
          fc.constantFrom(...given),
        )
        .map(([name, operator, row]) => `${name} ${operator} ${toLiteral(row, name)}`),
    },
    fc.tuple(wildConditions(), fc.nat()).map(([text, at]) => text.slice(0, at % text.length)),
  );
}

function expressionTexts(
  expressions: ReturnType<ReturnType<typeof expressionsOver>>,
): Arbitrary<string> {
  return fc
    .tuple(expressions, fc.nat())
    .map(([expression, spelling]) => toFilterText(expression, spelling));
}

function toLiteral(row: Row, name: string): string {
  const value = row[name as keyof Row];
  const isText = typeof value === 'string' && name !== 'lastReportedDateTime';
  return isText ? `'${value.replaceAll("'", "''")}'` : String(value);
}

function optionsOver(
  given: readonly Row[],
  conditions: Arbitrary<string>,
): Arbitrary<Record<string, string | undefined>> {
  const sometimes = <T>(value: Arbitrary<T>) => fc.option(value, { freq: 1, nil: undefined });
  const sizes = fc
    .oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 15 }) },
      fc.constantFrom(0, 1000, 1001),
    )
    .map(String);
  return fc.record({
    $filter: sometimes(conditions),
    $orderby: sometimes(ordersOver(given)),
    $search: fc.option(searchesOver(given), { freq: 4, nil: undefined }),
    $select: selections(),
    $count: fc.constantFrom(undefined, undefined, 'true', 'false'),
    $top: sometimes(sizes),
    $skip: fc.option(fc.integer({ min: 0, max: 25 }).map(String), { freq: 3, nil: undefined }),
  });
}

function ordersOver(given: readonly Row[]): Arbitrary<string> {
  const expressions = expressionsOver(given);
  const typed = fc
    .constantFrom(...EXPRESSION_TYPES)
    .chain((type) => expressionTexts(expressions(type, 3)));
  const values = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PROPERTIES) },
    { weight: 2, arbitrary: typed },
    { weight: 2, arbitrary: wildValues() },
  );
  const item = fc
    .tuple(values, fc.constantFrom('', ' asc', ' desc'))
    .map((parts) => parts.join(''));
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
}

function searchesOver(given: readonly Row[]): Arbitrary<string> {
  const names = given.flatMap((row) => [row.userDisplayName ?? '', row.userPrincipalName ?? '']);
  const word = fc
    .tuple(fc.constantFrom(...names), fc.nat(3), fc.nat(3), fc.boolean())
    .map(([name, start, length, isUpper]) => {
      const part = Array.from(name)
        .slice(start, start + length + 1)
        .join('');
      const phrase = (isUpper ? part.toUpperCase() : part.toLowerCase()).replaceAll(
        /["\\]/g,
        '\\$&',
      );
      return phrase === '' ? 'nobody' : `"${phrase}"`;
    });
  return fc
    .tuple(
      word,
      fc.array(fc.tuple(fc.constantFrom(' ', ' AND ', ' OR ', ' NOT ', ' OR NOT '), word), {
        maxLength: 2,
      }),
    )
    .map(([first, others]) => first + others.flat().join(''));
}

function selections(): Arbitrary<string | undefined> {
  return fc.option(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.subarray(PROPERTIES, { minLength: 1 }).map((names) => names.join(',')),
      },
      fc.constantFrom('*', 'nothing'),
    ),
    { freq: 2, nil: undefined },
  );
}

function appliesOver(given: readonly Row[]): Arbitrary<Record<string, string | undefined>> {
  const expressions = expressionsOver(given);
  return fc
    .record({
      condition: expressions('boolean', 3),
      wild: fc.option(wildConditions(), { freq: 2 }),
      dice: fc.array(fc.nat(), { minLength: 64, maxLength: 64 }),
      top: fc.integer({ min: 1, max: 15 }),
    })
    .map(({ condition, wild, dice, top }) => {
      let thrown = 0;
      const draw: Draw = (of) => of[dice[thrown++ % dice.length]! % of.length]!;
      const text = wild ?? toFilterText(condition, dice[0]);
      const steps = drawSteps(draw, given, { kind: 'select', expression: condition, text });
      const order = drawOrder(draw, steps);
      return {
        $apply: toApplyText(steps),
        $orderby: order.length === 0 ? undefined : toOrderText(order),
        $top: String(top),
        $count: draw(['true', undefined]),
      };
    });
}

function writesOver(given: readonly Row[]): Arbitrary<Asked> {
  const keys = keysOver(given);
  const bodies = fc
    .tuple(
      rows(1),
      fc.option(fc.constantFrom(...ODD_MEMBERS), { freq: 3 }),
      fc.option(fc.constantFrom(...PROPERTIES), { freq: 5 }),
    )
    .map(([[row], odd, missing]) => {
      const body = new Map<string, unknown>(Object.entries(row!));
      if (odd !== null) body.set(odd[0], odd[1]);
      if (missing !== null) body.delete(missing);
      return Object.fromEntries(body);
    });
  const parts = fc
    .tuple(bodies, fc.subarray(PROPERTIES))
    .map(([body, names]) =>
      Object.fromEntries(
        Object.entries(body).filter(
          ([name]) => name !== 'id' && (names.includes(name) || !PROPERTIES.includes(name)),
        ),
      ),
    );
  const preferences = fc.option(
    fc.constantFrom(
      'return=minimal',
      'return=representation',
      'create-if-missing',
      'create-if-missing, return=minimal',
    ),
    { freq: 1, nil: undefined },
  );
  const fixed = fc.constantFrom<Record<string, string>>(
    {},
    {},
    {},
    { 'If-Match': '*' },
    { 'If-None-Match': '*' },
    { 'If-Match': 'W/"0"' },
  );
  const conditions = fc.option(
    fc.record({
      header: fc.constantFrom<TagCondition['header']>('If-Match', 'If-Match', 'If-None-Match'),
      tag: fc.constantFrom<TagCondition['tag']>('last', 'last', 'former'),
    }),
    { freq: 1, nil: undefined },
  );
  const headers = fc
    .tuple(preferences, fixed)
    .map(([prefer, more]) => ({ ...(prefer === undefined ? {} : { Prefer: prefer }), ...more }));
  return fc.oneof(
    { withCrossShrink: true },
    {
      weight: 4,
      arbitrary: fc
        .tuple(bodies, keys, fc.boolean(), preferences)
        .map(([body, id, isTaken, Prefer]): Asked => ({
          method: 'POST',
          path: '',
          // The service would make one of its own.
          body: {
            ...body,
            id: isTaken || body.id === undefined || body.id === null ? id : body.id,
          },
          ...(Prefer === undefined ? {} : { headers: { Prefer } }),
        })),
    },
    {
      weight: 4,
      arbitrary: fc
        .record({ id: keys, body: parts, headers, condition: conditions })
        .map(({ id, ...asked }) => toWrite('PATCH', id, asked)),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ id: keys, body: bodies, headers, condition: conditions })
        .map(({ id, body, ...asked }) => {
          return toWrite('PUT', id, { ...asked, body: { ...body, id: undefined } });
        }),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ id: keys, headers, condition: conditions })
        .map(({ id, ...asked }) => toWrite('DELETE', id, asked)),
    },
  );
}

function toWrite(
  method: string,
  id: string,
  asked: Pick<Asked, 'body' | 'headers' | 'condition'>,
): Asked {
  return { method, path: `/${encodeURIComponent(id)}`, id, ...asked };
}

function keysOver(given: readonly Row[]): Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...given).map(({ id }) => id) },
    fc.constantFrom('new', 'other', 'nobody'),
  );
}

function toQuery(options: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(options)
    .filter((option): option is [string, string] => option[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return written.length === 0 ? '' : `?${written.join('&')}`;
}
