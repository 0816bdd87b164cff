import { beforeEach, describe, expect, it } from '@jest/globals';

import { idsIn, pageOf, refusalOf, seed, type Changes, type PageBody } from '../support/seed.js';
import { borrowTestApp, startTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

/** Statuses with ids `a`, `b`, `c` and so on. */
async function seedLetters(count: number, toChanges: (i: number) => Changes = () => ({})) {
  const entries = Array.from({ length: count }, (_, i) => [letter(i), toChanges(i)] as const);
  await seed(app, Object.fromEntries(entries));
}

function letter(i: number): string {
  return String.fromCharCode(97 + i);
}

async function get(query: string, headers: Record<string, string> = {}) {
  return app.send('GET', COLLECTION + query, undefined, headers);
}

/** The ids of each page from the first on, with what `between` does after each. */
async function walk(
  query: string,
  between: (page: number) => Promise<unknown> = () => Promise.resolve(),
) {
  const pages: string[] = [];
  let next: string | undefined = `${app.url}${COLLECTION}${query}`;
  while (next !== undefined) {
    const answer = await app.send('GET', next);
    pages.push(idsIn(answer));
    await between(pages.length);
    next = pageOf(answer)['@odata.nextLink'];
  }
  return pages;
}

async function nextLinkOf(query: string, headers: Record<string, string> = {}): Promise<URL> {
  return new URL(pageOf(await get(query, headers))['@odata.nextLink']!);
}

describe('the link to the next page', () => {
  it.each([
    ['', 3, false],
    ['?$top=3', 3, false],
    ['?$top=2', 2, true],
    ['?$top=4', 3, false],
    ['?$top=2&$skip=1', 2, false],
    ['?$top=1&$skip=1', 1, true],
    ['?$skip=3', 0, false],
    ["?$top=1&$filter=id eq 'b'", 1, false],
  ])('with %j is there when more is behind: %i entities, %s', async (query, count, hasLink) => {
    await seedLetters(3);
    const page = pageOf(await get(query));

    expect(page.value).toHaveLength(count);
    expect('@odata.nextLink' in page).toBe(hasLink);
  });

  it.each(['', '/v1.0', '/beta'])('is absolute, under "%s" where it was asked', async (prefix) => {
    await seedLetters(2);
    const path = COLLECTION.replace('/v1.0', prefix);
    const page = pageOf(await app.send('GET', `${path}?$top=1`));

    expect(page['@odata.nextLink']).toMatch(
      new RegExp(
        `^${app.url}${prefix}/deviceManagement/deviceConfigurations\\('${CONFIGURATION}'\\)/rootCertificate/userStatuses\\?\\$top=1&\\$skiptoken=[\\w-]+$`,
      ),
    );
    expect(Object.keys(page).at(-1)).toBe('@odata.nextLink');
  });

  it('is made from the public URL where one is set', async () => {
    const behind = await startTestApp({ PUBLIC_URL: 'https://graph.example.com' });
    await seed(behind, { a: {}, b: {} });
    const page = pageOf(await behind.send('GET', `${COLLECTION}?$top=1`));
    await behind.close();

    expect(page['@odata.nextLink']).toMatch(
      /^https:\/\/graph\.example\.com\/v1\.0\/deviceManagement\//,
    );
  });

  it('leads back to a configuration of any name', async () => {
    const path = "/deviceManagement/deviceConfigurations('a%2Fb%20''c''%3F%23%25ä')/userStatuses";
    await seed(app, { a: {}, b: {} }, path);
    const { '@odata.nextLink': next } = pageOf(await app.send('GET', `${path}?$top=1`));

    expect(idsIn(await app.send('GET', next!))).toBe('b');
  });

  it('keeps every option as it was, and what is not known', async () => {
    await seedLetters(4, (i) => ({ devicesCount: i, userDisplayName: "a+b & c=d 'x' #% ä" }));
    const query =
      "?$filter=userDisplayName eq 'a%2Bb %26 c%3Dd ''x'' %23%25 ä' and devicesCount ge @p" +
      '&%24orderby=devicesCount desc&SELECT=id&$count=true&$format=json&@p=1&custom=a%26b&$top=2';
    const next = await nextLinkOf(query);

    expect([...next.searchParams].filter(([name]) => name !== '$skiptoken')).toEqual(
      [...new URL(app.url + COLLECTION + query).searchParams].map(([name, value]) => [name, value]),
    );
    const page = pageOf(await app.send('GET', next.href));
    expect(page).toEqual({
      '@odata.context': expect.stringMatching(/\(id\)$/),
      '@odata.count': 3,
      value: [expect.objectContaining({ id: 'b' })],
    });
  });

  it('is as short as what was asked, where spaces are written as +', async () => {
    await seedLetters(2);

    expect(await walk(`?$top=1&$filter=true${'+'.repeat(8000)}`)).toEqual(['a', 'b']);
  });

  it('is a URI, whatever the URL of a batch holds', async () => {
    await seedLetters(2);
    const url = `${COLLECTION}?$top=1&$filter=userDisplayName ne '<"ä{😀}|^[]%5C'`;
    const batch = await app.send('POST', '/$batch', {
      requests: [{ id: '1', method: 'GET', url }],
    });
    const { responses } = batch.body as { responses: { body: PageBody }[] };
    const next = responses[0]!.body['@odata.nextLink']!;

    expect(next).toMatch(/^[\w:/?()'$&=.%-]+$/);
    expect(idsIn(await app.send('GET', next))).toBe('b');
  });

  it('is not given where the service would not read it: the query is refused', async () => {
    await seedLetters(2);
    const long = `custom=${'x'.repeat(16_384 - COLLECTION.length - 20)}`;

    expect(refusalOf(await get(`?${long}&$top=1`))).toBe('414 UriTooLong');
    expect(await walk(`?${long}&$top=2`)).toEqual(['a b']);
  });

  it('leaves out what was skipped before', async () => {
    await seedLetters(6);

    expect((await nextLinkOf('?$skip=2&$top=2')).searchParams.has('$skip')).toBe(false);
    expect(await walk('?$skip=1&$top=2')).toEqual(['b c', 'd e', 'f']);
    expect(await walk('?$SKIP=4&$top=1')).toEqual(['e', 'f']);
  });

  it('keeps the page size of the first page, wherever that came from', async () => {
    await seedLetters(5);
    const next = await nextLinkOf('', { prefer: 'maxpagesize=2' });

    expect(idsIn(await app.send('GET', next.href))).toBe('c d');
    const other = await app.send('GET', next.href, undefined, { prefer: 'maxpagesize=1' });
    expect(idsIn(other)).toBe('c');
  });

  it('works with the option in any case and without its sign', async () => {
    await seedLetters(2);
    const next = await nextLinkOf('?$top=1');

    for (const name of ['$skipToken', '$SKIPTOKEN', 'skiptoken', '%24skiptoken']) {
      const answer = await app.send('GET', next.href.replace('$skiptoken', name));
      expect(idsIn(answer)).toBe('b');
    }
  });

  it('works with a page size and a selection of its own', async () => {
    await seedLetters(4);
    const token = (await nextLinkOf('?$top=1')).searchParams.get('$skiptoken')!;

    expect(idsIn(await get(`?$top=2&$select=id&$skiptoken=${token}`))).toBe('b c');
    expect(idsIn(await get(`?$skiptoken=${token}`))).toBe('b');
  });

  it('works after a restart of the service', async () => {
    const first = await startTestApp();
    app = first;
    await seedLetters(2);
    const next = await nextLinkOf('?$top=1');
    await first.stop();
    const again = await startTestApp({ DATA_DIR: first.dataDir });
    const answer = await again.send('GET', `${again.url}${next.pathname}${next.search}`);
    await again.stop();
    await first.close();

    expect(idsIn(answer)).toBe('b');
  });

  it.each([
    ['letters', () => 'x'],
    ['control characters, which JSON writes in six', () => '\u0001'],
    ['emoji', (i: number) => String.fromCodePoint(0x1f600 + (i % 80))],
    // As good as chance: consecutive multiples of a prime.
    [
      'characters of all planes',
      (i: number) => String.fromCodePoint(0x10000 + ((i * 7919) % 0x100000)),
    ],
  ])('is no longer than a URL may be where texts are: %s', async (_what, characterAt) => {
    const text = (from: number) =>
      Array.from({ length: 1024 }, (_, i) => characterAt(from + i)).join('');
    const long = { userDisplayName: text(0), userPrincipalName: text(5000) };
    await seed(app, { a: long, ['b'.repeat(256)]: long, c: long });

    const pages = await walk('?$top=1&$orderby=userDisplayName,userPrincipalName');
    expect(pages).toEqual(['a', 'b'.repeat(256), 'c']);
  });
});

describe('a page of long texts', () => {
  it('ends before it has a mebibyte, and the next goes on behind it', async () => {
    const long = '\u0001'.repeat(1024);
    const changes = { userDisplayName: long, userPrincipalName: long };
    const ids = Array.from({ length: 200 }, (_, i) => String(i).padStart(3, '0'));
    await seed(app, Object.fromEntries(ids.map((id) => [id, changes])));

    const first = await get('?$top=1000&$count=true');
    const pages = await walk('?$top=1000');
    expect(first.text.length).toBeLessThan(1_100_000);
    expect(pageOf(first)['@odata.count']).toBe(200);
    expect(pages.length).toBe(3);
    expect(pages.join(' ')).toBe(ids.join(' '));
  });

  it('ends at the same entity, however it is found', async () => {
    const changes = { userDisplayName: 'x'.repeat(1024), userPrincipalName: 'y'.repeat(1024) };
    const ids = Array.from({ length: 500 }, (_, i) => String(i).padStart(3, '0'));
    await seed(app, Object.fromEntries(ids.map((id) => [id, changes])));

    const pages = await Promise.all(
      [
        '',
        '&$orderby=devicesCount',
        '&$orderby=length(id)',
        '&$orderby=case(true:status)',
        "&$filter=contains(userDisplayName,'x')",
        "&$filter=matchesPattern(id,'.')",
      ].map((query) => get(`?$top=1000${query}`)),
    );
    expect(pages.map((page) => pageOf(page).value.length)).toEqual(pages.map(() => 416));
  });
});

describe('a page token', () => {
  beforeEach(async () => {
    await seedLetters(3);
  });

  it.each([
    ['another filter', "?$filter=id ne 'x'&$skiptoken="],
    ['no filter', '?$skiptoken='],
    ['another order', "?$filter=id ne 'z'&$orderby=id desc&$skiptoken="],
    ['a search', "?$filter=id ne 'z'&$search=user&$skiptoken="],
    ['an alias more', "?$filter=id ne 'z'&@p=1&$skiptoken="],
  ])('is Gone with %s', async (_what, query) => {
    const token = (await nextLinkOf("?$filter=id ne 'z'&$top=1")).searchParams.get('$skiptoken')!;
    const kept = await get(`?$filter=id ne 'z'&$skiptoken=${token}`);

    expect(idsIn(kept)).toBe('b');
    expect(refusalOf(await get(query + token))).toBe('410 Gone $skiptoken');
  });

  it.each([
    `/v1.0/deviceManagement/deviceConfigurations/other/rootCertificate/userStatuses`,
    `/v1.0/deviceManagement/deviceConfigurations/${CONFIGURATION}/userStatuses`,
    `/v1.0/deviceManagement/deviceConfigurations/${CONFIGURATION}/identityCertificate/rootCertificate/userStatuses`,
  ])('does not open another collection: %s', async (path) => {
    await seed(app, { secret: {} }, path);
    const { search } = await nextLinkOf('?$top=1');
    const answer = await app.send('GET', path + search);

    expect(refusalOf(answer)).toBe('410 Gone $skiptoken');
    expect(answer.text).not.toContain('secret');
  });

  it('is Gone with one character changed, added or taken away', async () => {
    const token = (await nextLinkOf('?$top=1')).searchParams.get('$skiptoken')!;
    const changed = Array.from({ length: token.length }, (_, i) => {
      const other = token[i] === 'A' ? 'B' : 'A';
      return token.slice(0, i) + other + token.slice(i + 1);
    });
    const answers = await Promise.all(
      [...changed, `${token}A`, `${token}=`, token.slice(0, -1), token.slice(1)].map((each) =>
        get(`?$skiptoken=${each}`),
      ),
    );

    expect(new Set(answers.map(refusalOf))).toEqual(new Set(['410 Gone $skiptoken']));
  });

  it.each(['', 'x', '0', '100', '%00', '=', 'null', 'ä', 'A'.repeat(22), 'A'.repeat(4000)])(
    'is Gone where it is none: %j',
    async (token) => {
      expect(refusalOf(await get(`?$skiptoken=${token}`))).toBe('410 Gone $skiptoken');
    },
  );

  it.each(['$filter=nothing eq 1', '$orderby=nothing', '$top=x', '$search=('])(
    'that is none is refused beside %s, whichever fault is told',
    async (fault) => {
      expect(refusalOf(await get(`?${fault}&$skiptoken=x`))).toMatch(/^4\d\d /);
    },
  );

  it('of another service is Gone', async () => {
    const other = await startTestApp();
    await seed(other, { a: {}, b: {} });
    const { '@odata.nextLink': next } = pageOf(await other.send('GET', `${COLLECTION}?$top=1`));
    await other.close();

    expect(refusalOf(await get(new URL(next!).search))).toBe('410 Gone $skiptoken');
  });
});

describe('a walk through all pages', () => {
  // Every third has no name, and each name stands twice.
  const NAMES = [null, 'B', 'a', null, 'B', 'a', null, '😀', '\uffee'];

  beforeEach(async () => {
    await seedLetters(9, (i) => ({
      userDisplayName: NAMES[i],
      devicesCount: i % 3,
      status: i % 2 === 0 ? 'error' : 'compliant',
      lastReportedDateTime: `2024-01-01T00:00:00.000000${String(i % 2)}Z`,
    }));
  });

  it.each([
    'id',
    'id desc',
    'userDisplayName',
    'userDisplayName desc',
    'userDisplayName asc,id desc',
    'userDisplayName desc,id asc',
    'devicesCount,userDisplayName desc',
    'devicesCount desc,userDisplayName',
    'status desc,lastReportedDateTime,devicesCount desc',
    'lastReportedDateTime desc',
    'length(userDisplayName) desc',
    'devicesCount divby 3',
    "status eq 'error'",
    "contains(userDisplayName,'B') desc",
    'date(lastReportedDateTime),userDisplayName',
    "lastReportedDateTime add duration'PT1S' desc",
    'devicesCount divby 0 desc',
    'null,userDisplayName',
  ])('in the order of %s sees what one page shows, at each page size', async (orderBy) => {
    const whole = idsIn(await get(`?$orderby=${orderBy}`));

    expect(whole.split(' ')).toHaveLength(9);
    for (const size of [1, 2, 3, 4, 9]) {
      const pages = await walk(`?$orderby=${orderBy}&$top=${String(size)}`);
      expect(pages.join(' ')).toBe(whole);
      expect(pages).toHaveLength(Math.ceil(9 / size));
    }
  });

  it('has one now(), that of the first page', async () => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 5));

    for (const direction of ['asc', 'desc']) {
      const orderBy = `$orderby=now() sub lastReportedDateTime ${direction},id`;
      const whole = idsIn(await get(`?${orderBy}`));
      expect((await walk(`?${orderBy}&$top=2`, wait)).join(' ')).toBe(whole);
    }
  });

  it('with a filter and a search sees those that they select', async () => {
    const query = "?$filter=status eq 'error'&$search=NOT b&$orderby=userDisplayName desc&$top=1";

    expect(await walk(query)).toEqual(['i', 'c', 'g', 'a']);
  });

  it('tells the count of the first page on every page', async () => {
    const counts: (number | undefined)[] = [];
    let next: string | undefined = `${COLLECTION}?$count=true&$top=3&$filter=devicesCount lt 2`;
    while (next !== undefined) {
      const page = pageOf(await app.send('GET', next));
      counts.push(page['@odata.count']);
      next = page['@odata.nextLink'];
      if (counts.length === 1) await app.send('DELETE', `${COLLECTION}/a`);
    }

    expect(counts).toEqual([6, 6]);
  });
});

describe('paging while others write', () => {
  it.each(['id', 'id desc', 'userDisplayName', 'userDisplayName desc', 'devicesCount,id desc'])(
    'in the order of %s sees each entity that stays exactly once',
    async (orderBy) => {
      const stay = Array.from({ length: 12 }, (_, i) => `k${String(i).padStart(2, '0')}`);
      const toChanges = (i: number): Changes => ({
        userDisplayName: i % 4 === 0 ? null : `n${String(i % 3)}`,
        devicesCount: i % 5,
      });
      await seed(app, Object.fromEntries(stay.map((id, i) => [id, toChanges(i)])));
      await seed(app, { a: {}, 'k05-gone': toChanges(5), z: {} });

      const pages = await walk(`?$orderby=${orderBy}&$top=3`, async (page) => {
        // Before the position, at it and behind it; the entity that the position was made of among them.
        const seen = `b${String(page)}`;
        await seed(app, {
          [seen]: { userDisplayName: null, devicesCount: -1 },
          [`k05-${String(page)}`]: toChanges(page),
          [`zz${String(page)}`]: { userDisplayName: 'zz', devicesCount: 9 },
        });
        if (page === 1) {
          for (const id of ['a', 'k05-gone', 'z']) await app.send('DELETE', `${COLLECTION}/${id}`);
        }
      });

      const ids = pages.join(' ').split(' ');
      expect(ids.filter((id) => stay.includes(id)).sort()).toEqual(stay);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it('goes on where it was when the last entity of a page is deleted', async () => {
    await seedLetters(5);
    const pages = await walk('?$top=2', (page) =>
      app.send('DELETE', `${COLLECTION}/${page === 1 ? 'b' : 'd'}`),
    );

    expect(pages).toEqual(['a b', 'c d', 'e']);
  });

  it('ends where all that was behind is deleted', async () => {
    await seedLetters(3);
    const pages = await walk('?$top=2', (page) =>
      page === 1 ? app.send('DELETE', `${COLLECTION}/c`) : Promise.resolve(),
    );

    expect(pages).toEqual(['a b', '']);
  });
});
