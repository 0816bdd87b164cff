import { beforeAll, describe, expect, it } from '@jest/globals';

import { idsIn, pageOf, refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** A device configuration with more statuses than a page has. */
const MANY = 'many-pages';

// Nothing here writes: one world serves every row.
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
  const ids = Array.from({ length: 101 }, (_, i) => `u${String(i).padStart(3, '0')}`);
  await seed(app, Object.fromEntries(ids.map((id) => [id, {}])));
  await app.database.addRows({ configuration: MANY, count: 1001, nameLength: 20 });
});

async function get(query: string, headers: Record<string, string> = {}) {
  return app.send('GET', COLLECTION + query, undefined, headers);
}

describe('a page', () => {
  it.each([
    ['', 100],
    ['?$top=1', 1],
    ['?$top=0100', 100],
    ['?$top=101', 101],
    ['?$top=1000', 101],
    ['?$top=1001', 101],
    ['?$top=99999999999999999999', 101],
    ['?$skip=100', 1],
    ['?$skip=101', 0],
    ['?$skip=0', 100],
    ['?$skip=99999999999999999999', 0],
    ['?$skip=99&$top=1', 1],
    ["?$filter=id lt 'u010'", 10],
  ])('of %j holds as many entities as was asked for: %i', async (query, count) => {
    expect(pageOf(await get(query)).value).toHaveLength(count);
  });

  it('has no more than 100 entities, the rest behind a link', async () => {
    const page = pageOf(await get(''));

    expect(page.value.at(-1)).toMatchObject({ id: 'u099' });
    expect(idsIn(await app.send('GET', page['@odata.nextLink']!))).toBe('u100');
  });

  it.each([
    ['?$top=0', undefined],
    ['?top=00', undefined],
    ['?$top=0&$skip=5', undefined],
    ['?$top=0&$count=true', 101],
    ["?$top=0&$count=true&$filter=id lt 'u010'", 10],
    ["?$top=0&$filter=contains(id,'u')&$orderby=status", undefined],
  ])('of %j is empty, and the last', async (query, count) => {
    for (const headers of [{}, { prefer: 'maxpagesize=5' }]) {
      expect((await get(query, headers)).body).toEqual({
        '@odata.context': expect.stringMatching(/\/userStatuses$/),
        ...(count === undefined ? {} : { '@odata.count': count }),
        value: [],
      });
    }
  });

  it.each(['1000', '1001', '5000', '99999999999999999999'])(
    'of $top=%s has 1,000 entities of 1,001, the last behind a link',
    async (top) => {
      const path = `/deviceManagement/deviceConfigurations/${MANY}/rootCertificate/userStatuses`;
      const page = pageOf(await app.send('GET', `${path}?$select=id&$top=${top}`));

      expect(page.value).toHaveLength(1000);
      expect(idsIn(await app.send('GET', page['@odata.nextLink']!))).toBe('k00001001');
    },
  );

  it.each([
    ['?$count=true', 101],
    ['?count=TRUE', 101],
    ['?$count=false', undefined],
    ['', undefined],
    ['?$count=true&$top=1', 101],
    ['?$count=true&$skip=100', 101],
    ['?$count=true&$skip=1000', 101],
    ["?$count=true&$filter=id lt 'u010'&$top=1", 10],
    ['?$count=true&$search=nobody', 0],
  ])('of %j tells the count behind the filter and before the page', async (query, count) => {
    const page = pageOf(await get(query));

    expect(page['@odata.count']).toBe(count);
    if (count !== undefined) {
      expect(Object.keys(page).slice(0, 2)).toEqual(['@odata.context', '@odata.count']);
    }
  });

  it.each([
    ['odata.maxpagesize=5', '', 5, 'odata.maxpagesize=5'],
    ['maxpagesize=5', '', 5, 'odata.maxpagesize=5'],
    ['OData.MaxPageSize="5", respond-async', '', 5, 'odata.maxpagesize=5'],
    ['maxpagesize=5', '?$top=3', 3, 'odata.maxpagesize=5'],
    ['maxpagesize=3', '?$top=5', 3, 'odata.maxpagesize=3'],
    ['maxpagesize=101', '', 101, 'odata.maxpagesize=101'],
    // What is acknowledged is the size in force.
    ['maxpagesize=5000', '', 101, 'odata.maxpagesize=1000'],
    ['maxpagesize=5, maxpagesize=6', '', 5, 'odata.maxpagesize=5'],
    // A preference that cannot be honoured is ignored, and not acknowledged.
    ['maxpagesize=0', '', 100, null],
    ['maxpagesize=-1', '', 100, null],
    ['maxpagesize=x', '', 100, null],
    ['maxpagesize', '', 100, null],
    ['odata.track-changes', '', 100, null],
  ])('with "Prefer: %s" and %j has %i entities', async (prefer, query, count, applied) => {
    const answer = await get(query, { prefer });

    expect(pageOf(answer).value).toHaveLength(count);
    expect(answer.headers.get('preference-applied')).toBe(applied);
  });
});

describe('how much it tells about itself', () => {
  it.each([
    ['', { accept: 'application/json;odata.metadata=none' }],
    ['', { accept: 'application/json; METADATA=none; q=0.5, text/html' }],
    ['?$format=application/json;odata.metadata=none', {}],
    ['?$format=application/json;metadata=none', { accept: 'application/xml' }],
  ])('is nothing with %j and %j, but for the count and the link', async (query, headers) => {
    const separator = query === '' ? '?' : '&';
    const answer = await get(`${query}${separator}$top=1&$count=true&$select=id`, headers);

    expect(answer.body).toEqual({
      '@odata.count': 101,
      value: [{ id: 'u000' }],
      '@odata.nextLink': expect.stringContaining('$skiptoken='),
    });
    expect(answer.headers.get('content-type')).toBe(CONTENT_TYPE.replace('minimal', 'none'));
  });

  it('is all there is to say with odata.metadata=full', async () => {
    const answer = await get('?$top=1', { accept: 'application/json;odata.metadata=full' });
    const path = `deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses('u000')`;

    expect(pageOf(answer).value[0]).toMatchObject({
      '@odata.id': path,
      '@odata.editLink': path,
      'lastReportedDateTime@odata.type': '#DateTimeOffset',
      'status@odata.type': '#microsoft.graph.complianceStatus',
    });
    expect(answer.headers.get('content-type')).toBe(CONTENT_TYPE.replace('minimal', 'full'));
  });

  it.each([
    ['', { accept: 'application/json;IEEE754Compatible=true' }],
    ['?$format=application/json;ieee754compatible=TRUE', {}],
  ])('has its count as a string with %j and %j', async (query, headers) => {
    const separator = query === '' ? '?' : '&';
    const answer = await get(`${query}${separator}$top=1&$count=true`, headers);

    expect(answer.body).toMatchObject({ '@odata.count': '101', value: [{ devicesCount: 12 }] });
    expect(answer.headers.get('content-type')).toBe(
      CONTENT_TYPE.replace('Compatible=false', 'Compatible=true'),
    );
  });

  it.each([
    ['?$format=application/json;IEEE754Compatible=perhaps', {}],
    ['?$format=xml', {}],
    ['?$format=atom', {}],
    ['?$format=', {}],
    ['?$format=application/xml', {}],
    ['?$format=application/json;odata.metadata=some', {}],
    ['', { accept: 'application/xml' }],
    ['', { accept: 'application/json;q=0' }],
    ['', { accept: 'application/json;odata.metadata=some' }],
  ])('is refused with %j and %j', async (query, headers) => {
    expect(refusalOf(await get(query, headers))).toBe('406 NotAcceptable');
  });

  it.each(['?$format=json', '?$FORMAT=JSON', '?format=application/json;odata.streaming=false'])(
    'is minimal with %s',
    async (query) => {
      const answer = await get(query);
      expect(answer.headers.get('content-type')).toBe(CONTENT_TYPE);
    },
  );
});
