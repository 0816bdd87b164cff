import { beforeAll, describe, expect, it } from '@jest/globals';

import { MAX_AGGREGATES, MAX_TRANSFORMATIONS } from '../../src/odata/aggregation/apply-parser.js';
import { pageOf, refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

// Nothing here writes: one world serves every row.
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
  await seed(app, {
    alex: {
      devicesCount: 2,
      status: 'error',
      userDisplayName: 'Alex',
      userPrincipalName: 'alex@contoso.com',
      lastReportedDateTime: '2024-01-01T00:00:00.50+02:00',
    },
    bo: {
      devicesCount: -1,
      status: 'compliant',
      userDisplayName: null,
      userPrincipalName: null,
      lastReportedDateTime: '9999-12-31T23:59:59.9999999Z',
    },
    cy: {
      devicesCount: 5,
      status: 'compliant',
      userDisplayName: '\uffee',
      userPrincipalName: null,
      // The instant that alex has, in other words.
      lastReportedDateTime: '2023-12-31T22:00:00.5Z',
    },
    dee: {
      devicesCount: 2_147_483_647,
      status: 'error',
      userDisplayName: '😀',
      userPrincipalName: 'dee@contoso.com',
      lastReportedDateTime: '2023-12-31T22:00Z',
    },
    eve: {
      devicesCount: 2_147_483_647,
      status: 'notAssigned',
      userDisplayName: 'Eve',
      userPrincipalName: 'alex@contoso.com',
      lastReportedDateTime: '0001-01-01t00:00:00z',
    },
  });
});

async function get(query: string, headers: Record<string, string> = {}) {
  return app.send('GET', `${COLLECTION}?${query}`, undefined, headers);
}

/** The results, without what they say about themselves. */
async function resultsOf(query: string): Promise<unknown[]> {
  const page = pageOf(await get(query, { accept: 'application/json;odata.metadata=none' }));
  expect(page['@odata.nextLink']).toBeUndefined();
  return page.value;
}

describe('$apply', () => {
  it.each<[string, unknown[]]>([
    ['aggregate($count as n)', [{ n: 5 }]],
    ['aggregate(devicesCount with sum as total)', [{ total: 4_294_967_300 }]],
    ['aggregate(devicesCount with average as mean)', [{ mean: 858_993_460 }]],
    [
      'aggregate(devicesCount with min as least,devicesCount with max as most)',
      [{ least: -1, most: 2_147_483_647 }],
    ],
    [
      'aggregate(userPrincipalName with countdistinct as names,lastReportedDateTime with countdistinct as times)',
      [{ names: 2, times: 4 }],
    ],
    // As they were sent; of two words for one instant the lower.
    [
      'aggregate(lastReportedDateTime with min as first,lastReportedDateTime with max as last)',
      [{ first: '0001-01-01t00:00:00z', last: '9999-12-31T23:59:59.9999999Z' }],
    ],
    [
      "filter(devicesCount lt 9 and id ne 'bo')/aggregate(lastReportedDateTime with min as first,lastReportedDateTime with max as last)",
      [{ first: '2023-12-31T22:00:00.5Z', last: '2024-01-01T00:00:00.50+02:00' }],
    ],
    // A status by its number, texts by code point.
    [
      'aggregate(status with min as least,status with max as most)',
      [{ least: 'compliant', most: 'notAssigned' }],
    ],
    [
      'aggregate(userDisplayName with min as least,userDisplayName with max as most)',
      [{ least: 'Alex', most: '😀' }],
    ],
    // Of nothing.
    [
      'filter(false)/aggregate($count as n,devicesCount with sum as total,id with max as most,id with countdistinct as ids,devicesCount with average as mean,lastReportedDateTime with min as first)',
      [{ n: 0, total: null, most: null, ids: 0, mean: null, first: null }],
    ],
    // Of nulls alone.
    [
      'filter(userPrincipalName eq null)/aggregate(userPrincipalName with max as most,userPrincipalName with countdistinct as names)',
      [{ most: null, names: 0 }],
    ],
    [
      'groupby((status))',
      [{ status: 'compliant' }, { status: 'error' }, { status: 'notAssigned' }],
    ],
    [
      'groupby((status),aggregate($count as count))',
      [
        { status: 'compliant', count: 2 },
        { status: 'error', count: 2 },
        { status: 'notAssigned', count: 1 },
      ],
    ],
    // Null is a group of its own, and the lowest.
    [
      'groupby((userPrincipalName),aggregate(devicesCount with sum as total))',
      [
        { userPrincipalName: null, total: 4 },
        { userPrincipalName: 'alex@contoso.com', total: 2_147_483_649 },
        { userPrincipalName: 'dee@contoso.com', total: 2_147_483_647 },
      ],
    ],
    [
      'groupby((userPrincipalName,status),aggregate($count as n))',
      [
        { userPrincipalName: null, status: 'compliant', n: 2 },
        { userPrincipalName: 'alex@contoso.com', status: 'error', n: 1 },
        { userPrincipalName: 'alex@contoso.com', status: 'notAssigned', n: 1 },
        { userPrincipalName: 'dee@contoso.com', status: 'error', n: 1 },
      ],
    ],
    // Instants are alike in whatever words.
    [
      'groupby((lastReportedDateTime),aggregate($count as n))',
      [
        { lastReportedDateTime: '0001-01-01t00:00:00z', n: 1 },
        { lastReportedDateTime: '2023-12-31T22:00Z', n: 1 },
        { lastReportedDateTime: '2023-12-31T22:00:00.5Z', n: 2 },
        { lastReportedDateTime: '9999-12-31T23:59:59.9999999Z', n: 1 },
      ],
    ],
    [
      'groupby((devicesCount))/filter(devicesCount lt 5)',
      [{ devicesCount: -1 }, { devicesCount: 2 }],
    ],
    ['groupby((status,status))/groupby((status))/aggregate($count as n)', [{ n: 3 }]],
    // One behind the other.
    [
      "filter(status eq 'error')/filter(devicesCount gt 2)/groupby((userPrincipalName),aggregate(devicesCount with max as m))",
      [{ userPrincipalName: 'dee@contoso.com', m: 2_147_483_647 }],
    ],
    [
      "groupby((status),aggregate($count as n))/filter(n gt 1)/filter(status ge 'error')",
      [{ status: 'error', n: 2 }],
    ],
    [
      'groupby((status),aggregate($count as n))/groupby((n),aggregate($count as statuses,status with max as last))',
      [
        { n: 1, statuses: 1, last: 'notAssigned' },
        { n: 2, statuses: 2, last: 'error' },
      ],
    ],
    [
      'groupby((status),aggregate(devicesCount with sum as total))/aggregate(total with sum as all,total with average as mean)',
      [{ all: 4_294_967_300, mean: 4_294_967_300 / 3 }],
    ],
    [
      'groupby((status),aggregate(lastReportedDateTime with max as last))/filter(year(last) eq 2024)',
      [{ status: 'error', last: '2024-01-01T00:00:00.50+02:00' }],
    ],
    [
      'groupby((status),aggregate(lastReportedDateTime with max as last))/aggregate(last with min as first)',
      [{ first: '0001-01-01t00:00:00z' }],
    ],
    // Keywords in any case, spaces, and parameter aliases.
    [
      'GroupBy( ( status ) , Aggregate( $COUNT AS n ) ) / Filter( n eq @n )&@n=1',
      [{ status: 'notAssigned', n: 1 }],
    ],
    // An alias is any identifier, a word of the grammar too.
    ['aggregate($count as as)', [{ as: 5 }]],
    ['aggregate($count as größe_1)', [{ größe_1: 5 }]],
    ['aggregate($count as __proto__)', [JSON.parse('{"__proto__":5}')]],
  ])('=%s', async (apply, results) => {
    expect(await resultsOf(`$apply=${apply}`)).toEqual(results);
  });

  it.each<[string, unknown[]]>([
    // It is evaluated first, and the other options on what it makes.
    [
      '$filter=n gt 1&$orderby=status desc',
      [
        ['error', 2],
        ['compliant', 2],
      ],
    ],
    ["$filter=status eq 'error'", [['error', 2]]],
    [
      '$orderby=n,status desc',
      [
        ['notAssigned', 1],
        ['error', 2],
        ['compliant', 2],
      ],
    ],
    [
      '$orderby=n desc',
      [
        ['error', 2],
        ['compliant', 2],
        ['notAssigned', 1],
      ],
    ],
    [
      '$orderby=n mul -1,cast(status,Edm.String)',
      [
        ['compliant', 2],
        ['error', 2],
        ['notAssigned', 1],
      ],
    ],
    [
      '$skip=1',
      [
        ['error', 2],
        ['notAssigned', 1],
      ],
    ],
    ['$skip=3', []],
    ['$filter=n gt @least&@least=1&$skip=1&$top=5', [['error', 2]]],
  ])('groups, then %s', async (options, results) => {
    const query = `$apply=groupby((status),aggregate($count as n))&${options}`;

    expect(await resultsOf(query)).toEqual(results.map((each) => toResult(each as unknown[])));
    function toResult([status, n]: unknown[]): unknown {
      return { status, n };
    }
  });

  it.each([
    ['groupby((status))&$top=2', 3],
    ['groupby((status))&$top=0', 3],
    ['groupby((status),aggregate($count as n))&$filter=n gt 1&$skip=1', 2],
    ['aggregate($count as n)', 1],
    ['aggregate($count as n)/filter(n gt 5)', 0],
    ["filter(status eq 'error')&$filter=devicesCount eq 2", 1],
  ])('=%s has %i results in all', async (apply, count) => {
    const page = pageOf(await get(`$apply=${apply}&$count=true`));

    expect(page['@odata.count']).toBe(count);
  });

  it('that only filters leaves entities as they are', async () => {
    const [filtered, applied] = await Promise.all([
      get("$filter=status eq 'error' and devicesCount gt 2&$orderby=id desc&$count=true"),
      get(
        "$apply=filter(status eq 'error')&$filter=devicesCount gt 2&$orderby=id desc&$count=true",
      ),
    ]);

    expect(filtered.status).toBe(200);
    expect(applied.text).toBe(filtered.text);
  });

  it('that only filters goes with $search', async () => {
    const page = pageOf(await get("$apply=filter(status eq 'notAssigned')&$search=contoso"));

    expect(page.value).toMatchObject([{ id: 'eve' }]);
  });
});

describe('what a result says of itself', () => {
  const APPLY =
    '$apply=groupby((status,devicesCount),aggregate($count as n,devicesCount with sum as total,devicesCount with average as mean,' +
    'devicesCount with max as most,lastReportedDateTime with max as last,status with min as least,userDisplayName with min as name,' +
    'id with countdistinct as ids))&$filter=total eq 2';
  const VALUES = {
    status: 'error',
    devicesCount: 2,
    n: 1,
    total: 2,
    mean: 2,
    most: 2,
    last: '2024-01-01T00:00:00.50+02:00',
    least: 'error',
    name: 'Alex',
    ids: 1,
  };
  const TYPES = {
    'n@odata.type': '#Decimal',
    'total@odata.type': '#Decimal',
    'most@odata.type': '#Int32',
    'last@odata.type': '#DateTimeOffset',
    'least@odata.type': '#microsoft.graph.complianceStatus',
    'ids@odata.type': '#Decimal',
  };
  const CONTEXT = `/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses`;

  it('is that it is transient, and the types that its JSON does not tell', async () => {
    const { body, text } = await get(APPLY);

    expect(body).toEqual({
      '@odata.context': expect.stringContaining(
        `${CONTEXT}(status,devicesCount,n,total,mean,most,last,least,name,ids)`,
      ),
      value: [{ '@odata.id': null, ...VALUES, ...TYPES }],
    });
    // Each right before what it is of, so that streams can be read.
    expect(text).toContain('"n@odata.type":"#Decimal","n":1,');
  });

  it('is nothing with odata.metadata=none', async () => {
    const { body } = await get(`${APPLY}&$format=application/json;odata.metadata=none`);

    expect(body).toEqual({ value: [VALUES] });
  });

  it('is its type, too, with odata.metadata=full', async () => {
    const { body } = await get(`${APPLY}&$format=application/json;odata.metadata=full`);

    expect((body as { value: unknown[] }).value).toEqual([
      {
        '@odata.type': '#microsoft.graph.deviceConfigurationUserStatus',
        '@odata.id': null,
        ...VALUES,
        ...TYPES,
        'status@odata.type': '#microsoft.graph.complianceStatus',
      },
    ]);
  });

  it('has numbers as texts where the client asks for that', async () => {
    const accept = 'application/json;IEEE754Compatible=true';
    const { body } = await get(`${APPLY}&$count=true`, { accept });

    expect(body).toMatchObject({
      '@odata.count': '1',
      value: [{ ...VALUES, n: '1', total: '2', ids: '1' }],
    });
  });

  it('that has the key of an entity is which one it is', async () => {
    const apply = "$apply=filter(id eq 'alex')/groupby((id,status))";
    const path = `deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses('alex')`;

    expect(pageOf(await get(apply)).value).toEqual([{ id: 'alex', status: 'error' }]);
    expect(pageOf(await get(`${apply}&$select=status`)).value).toEqual([
      { '@odata.id': path, status: 'error' },
    ]);
  });

  it.each([
    ['n', 'n', { 'n@odata.type': '#Decimal', n: 1 }],
    ['status, n', 'status,n', { status: 'notAssigned', 'n@odata.type': '#Decimal', n: 1 }],
    ['*', 'status,n', { status: 'notAssigned', 'n@odata.type': '#Decimal', n: 1 }],
  ])('is only what $select=%s asks for', async (select, written, result) => {
    const page = pageOf(
      await get(`$apply=groupby((status),aggregate($count as n))&$filter=n eq 1&$select=${select}`),
    );

    expect(page['@odata.context'].endsWith(`/userStatuses(${written})`)).toBe(true);
    expect(page.value).toEqual([{ '@odata.id': null, ...result }]);
  });
});

describe('the pages of results', () => {
  const SIX = 'groupby((id,status,userDisplayName),aggregate(devicesCount with max as m))';

  it.each([
    [''],
    ['&$orderby=status'],
    ['&$orderby=status desc,userDisplayName'],
    ['&$orderby=userDisplayName desc'],
    ['&$orderby=m desc'],
    ['&$orderby=m,userDisplayName desc,id desc'],
    ['&$orderby=length(userDisplayName) desc,m mul 2'],
    ['&$filter=m gt 0&$orderby=m'],
    ['&$skip=1&$orderby=status'],
    ['&$count=true'],
  ])('lead from one to the next by a link: %j', async (options) => {
    const whole = pageOf(await get(`$apply=${SIX}${options}`));
    for (const size of [1, 2]) {
      const seen: unknown[] = [];
      let answer = await get(`$apply=${SIX}${options}&$top=${String(size)}`);
      for (;;) {
        const page = pageOf(answer);
        expect(page.value.length).toBeLessThanOrEqual(size);
        expect(page['@odata.count']).toBe(whole['@odata.count']);
        seen.push(...page.value);
        if (page['@odata.nextLink'] === undefined) break;
        expect(seen.length).toBeLessThan(6);
        answer = await app.send('GET', page['@odata.nextLink']);
      }
      expect(seen).toEqual(whole.value);
    }
  });

  it('are of one $apply', async () => {
    const { '@odata.nextLink': next } = pageOf(await get('$apply=groupby((status))&$top=1'));
    const token = new URL(next!).searchParams.get('$skiptoken')!;
    const other = await get(`$apply=groupby((devicesCount))&$top=1&$skiptoken=${token}`);

    expect(refusalOf(other)).toBe('410 Gone $skiptoken');
  });

  it('are as large as is preferred', async () => {
    const answer = await get('$apply=groupby((id))', { prefer: 'odata.maxpagesize=2' });

    expect(pageOf(answer).value).toEqual([{ id: 'alex' }, { id: 'bo' }]);
    expect(answer.headers.get('preference-applied')).toBe('odata.maxpagesize=2');
  });
});

describe('/$count behind $apply', () => {
  it.each([
    ['groupby((status))', '3'],
    ['groupby((status),aggregate($count as n))&$filter=n gt 1', '2'],
    ['aggregate($count as n)', '1'],
    ["filter(status eq 'error')", '2'],
    ["filter(status eq 'error')&$filter=devicesCount eq 2&$search=contoso", '1'],
  ])('of %s is %s: the number of its results', async (apply, count) => {
    expect((await app.send('GET', `${COLLECTION}/$count?$apply=${apply}`)).text).toBe(count);
  });
});

describe('$apply that is refused', () => {
  it.each([
    ['', 0],
    ['x', 0],
    ['nothing(status)', 0],
    ['aggregate', 9],
    ['aggregate()', 10],
    ['aggregate($count)', 16],
    ['aggregate($count as)', 19],
    ['aggregate($count as n', 21],
    ['aggregate($count as n))', 22],
    ['aggregate($count as n,)', 22],
    ['aggregate($count with sum as n)', 17],
    ['aggregate(nothing with sum as n)', 10],
    ['aggregate(devicesCount with total as n)', 28],
    ['aggregate(devicesCount with sum)', 31],
    ['aggregate(status with sum as n)', 10],
    ['aggregate(userDisplayName with average as n)', 10],
    ['aggregate(devicesCount/x with sum as n)', 10],
    // Aliases: identifiers, which nothing else has for a name.
    ['aggregate($count as a.b)', 20],
    ['aggregate($count as $n)', 20],
    ['aggregate($count as 2)', 20],
    ["aggregate($count as 'n')", 20],
    [`aggregate($count as ${'n'.repeat(129)})`, 20],
    ['aggregate($count as n,devicesCount with sum as n)', 47],
    ['aggregate($count as n,devicesCount with sum as N)', 47],
    ['aggregate($count as status)', 20],
    ['aggregate($count as STATUS)', 20],
    ['groupby((status),aggregate($count as n))/aggregate(n with sum as devicesCount)', 65],
    ['groupby((status),aggregate($count as n))/aggregate(n with sum as n)', 65],
    ['groupby', 7],
    ['groupby()', 8],
    ['groupby(status)', 8],
    ['groupby(())', 9],
    ['groupby((nothing))', 9],
    ['groupby((status/x))', 9],
    ['groupby((status,))', 16],
    ['groupby((status),)', 17],
    ['groupby((status),nothing(x))', 17],
    ['groupby((status),aggregate($count as n)', 39],
    ['groupby((status),aggregate($count as n),aggregate($count as m))', 39],
    ['groupby((status))/', 18],
    ['groupby((status))/groupby((devicesCount))', 27],
    ['groupby((status)),aggregate($count as n)', 17],
    ['filter()', 7],
    ['filter(devicesCount)', 7],
    ['filter(nothing eq 1)', 7],
    ['groupby((status))/filter(devicesCount eq 1)', 25],
    ['groupby((status),aggregate($count as n))/filter(n eq true)', 53],
    [
      Array(MAX_TRANSFORMATIONS + 1)
        .fill('filter(true)')
        .join('/'),
      130,
    ],
    [
      `aggregate(${Array.from({ length: MAX_AGGREGATES + 1 }, (_, i) => `$count as n${String(i)}`).join(',')})`,
      280,
    ],
  ])('%j, at position %i', async (apply, position) => {
    expect(refusalOf(await get(`$apply=${apply}`))).toBe(
      `400 BadRequest $apply @${String(position)}`,
    );
  });

  it.each([
    'ancestors($root/x,y,z,filter(true))',
    'addnested(x,filter(true) as y)',
    'bottomcount(1,devicesCount)',
    'bottompercent(1,devicesCount)',
    'bottomsum(1,devicesCount)',
    'compute(devicesCount mul 2 as twice)',
    'concat(aggregate($count as n),identity)',
    'descendants($root/x,y,z,filter(true))',
    'expand(x)',
    'identity',
    'join(x as y)',
    'nest(x as y)',
    'orderby(id)',
    'outerjoin(x as y)',
    'search(x)',
    'skip(1)',
    'top(1)',
    'topcount(1,devicesCount)',
    'toppercent(1,devicesCount)',
    'topsum(1,devicesCount)',
    'traverse($root/x,y,z,preorder)',
    'TopCount(1,devicesCount)',
  ])('%s, with 501 and its name', async (apply) => {
    const answer = await get(`$apply=groupby((devicesCount))/${apply}`);

    expect(refusalOf(answer)).toBe('501 NotImplemented $apply @24');
    expect(answer.text).toContain(`'${/^\w+/.exec(apply)![0]}'`);
  });

  it.each([
    ['groupby((rollup(status,id)),aggregate($count as n))', 9, 'rollup'],
    ['groupby((rolluprecursive($root/x,y,z)))', 9, 'rolluprecursive'],
    ['groupby((status),topcount(1,devicesCount))', 17, 'topcount'],
    ['groupby((status),filter(true)/aggregate($count as n))', 17, 'filter'],
    ['groupby((status),aggregate($count as n)/filter(n gt 1))', 39, 'aggregate'],
    ['groupby((status),aggregate(devicesCount))', 27, 'devicesCount'],
    ['aggregate(devicesCount as n)', 10, 'devicesCount'],
    ['aggregate(devicesCount with Custom.median as n)', 28, 'Custom.median'],
    ['aggregate(devicesCount with sum from status with max as n)', 32, 'from'],
    ['aggregate(devicesCount mul 2 with sum as n)', 10, 'property'],
    ['aggregate(length(id) with sum as n)', 10, 'property'],
  ])('%s, with 501 at %i and %s named', async (apply, position, name) => {
    const answer = await get(`$apply=${apply}`);

    expect(refusalOf(answer)).toBe(`501 NotImplemented $apply @${String(position)}`);
    expect(answer.text).toContain(name);
  });

  it.each([
    ['$filter=devicesCount gt 1', '400 BadRequest $filter @0'],
    ['$orderby=devicesCount', '400 BadRequest $orderby @0'],
    ['$select=devicesCount', '400 BadRequest $select'],
    ['$search=x', '501 NotImplemented $search'],
    ['$apply=groupby((status))', '400 BadRequest $apply'],
    ['$expand=x', '501 NotImplemented $expand'],
    ['$compute=n mul 2 as m', '501 NotImplemented $compute'],
  ])('with %s behind groups', async (options, refusal) => {
    const query = `$apply=groupby((status),aggregate($count as n))&${options}`;

    expect(refusalOf(await get(query))).toBe(refusal);
  });

  it.each(['/alex', '/alex/status', '/alex/status/$value'])('on %s', async (path) => {
    const answer = await app.send('GET', `${COLLECTION}${path}?$apply=groupby((status))`);

    expect(refusalOf(answer)).toBe('400 BadRequest $apply');
  });
});
