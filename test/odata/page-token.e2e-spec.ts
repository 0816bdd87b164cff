import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdDate, passSeconds, releaseDate } from '../support/clock.js';
import { idsIn, pageOf, refusalOf, seed } from '../support/seed.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { signToken } from '../support/sign-token.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

const HOUR = 3600;

let app: NestApp;

beforeEach(async () => {
  app = await startNestApp();
  const named = (name: string) => ({ userDisplayName: name, userPrincipalName: `${name}@x.test` });
  await seed(app, { alex: named('Alex Wilber'), bianca: named('Bianca'), cleo: named('Cleo') });
});

afterEach(async () => {
  releaseDate();
  await app.close();
});

/** The link behind the first page of one entity. */
async function nextLink(query = ''): Promise<URL> {
  const page = pageOf(await app.send('GET', `${COLLECTION}?$top=1${query}`));
  return new URL(page['@odata.nextLink']!);
}

function tokenOf(link: URL): string {
  return link.searchParams.get('$skiptoken')!;
}

describe('a page token', () => {
  it.each(['', '&$orderby=userDisplayName', '&$orderby=userPrincipalName desc,userDisplayName'])(
    'holds neither names nor ids that anybody could read: %j',
    async (query) => {
      const token = tokenOf(await nextLink(query));
      const decoded = Buffer.from(token, 'base64url').toString('latin1');

      for (const text of ['alex', 'cleo', 'Wilber', 'Cleo', '@x.test', CONFIGURATION]) {
        expect(token.toLowerCase()).not.toContain(text.toLowerCase());
        expect(decoded.toLowerCase()).not.toContain(text.toLowerCase());
      }
    },
  );

  it('is another one each time, and each works', async () => {
    const links = [await nextLink(), await nextLink()];
    const pages = await Promise.all(links.map(({ href }) => app.send('GET', href)));

    expect(new Set(links.map(tokenOf)).size).toBe(2);
    expect(pages.map(idsIn)).toEqual(['bianca', 'bianca']);
  });

  it('does not lend a permission to who has none', async () => {
    const stranger = await signToken(app, 'x', []);
    const { href } = await nextLink();
    const answers = await Promise.all(
      [`Bearer ${stranger}`, null].map((authorization) =>
        app.send('GET', href, undefined, { authorization }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([403, 401]);
  });

  // At noon, shortly before midnight and shortly after: keys change with the day.
  it.each([
    ['2031-03-04T12:00:00Z', 'too old'],
    ['2031-03-04T23:59:59Z', 'no longer, valid'],
    ['2031-03-05T00:00:00Z', 'too old'],
  ])('of %s is good for 24 hours, and then %s', async (issuedAt, fault) => {
    holdDate(issuedAt);
    const authorization = `Bearer ${await signAt(app)}`;
    const get = (path: string) => app.send('GET', path, undefined, { authorization });
    const { '@odata.nextLink': link } = pageOf(await get(`${COLLECTION}?$top=1`));
    passSeconds(24 * HOUR);
    const inTime = await get(link!);
    passSeconds(1);
    const late = await get(link!);
    passSeconds(72 * HOUR);
    const forgotten = await get(link!);

    expect(idsIn(inTime)).toBe('bianca');
    expect(refusalOf(late)).toBe('410 Gone $skiptoken');
    expect(late.text).toMatch(new RegExp(`${fault}.+24 hours.+begin again`));
    expect(refusalOf(forgotten)).toBe('410 Gone $skiptoken');
    expect(forgotten.text).toMatch(/24 hours.+begin again/);
  });

  it('is made anew with each page, so that a walk may take as long as it does', async () => {
    holdDate('2031-03-04T12:00:00Z');
    const authorization = `Bearer ${await signAt(app)}`;
    const get = (path: string) => app.send('GET', path, undefined, { authorization });
    const ids: string[] = [];
    let next: string | undefined = `${COLLECTION}?$top=1`;
    while (next !== undefined) {
      const answer = await get(next);
      ids.push(idsIn(answer));
      next = pageOf(answer)['@odata.nextLink'];
      passSeconds(20 * HOUR);
    }

    expect(ids).toEqual(['alex', 'bianca', 'cleo']);
  });
});

/** A reader's token that is good at the date that is held, and for a week. */
function signAt(nestApp: NestApp): Promise<string> {
  const permission = 'DeviceManagementConfiguration.Read.All';
  return signToken(nestApp, 'reader', [permission], 168 * HOUR);
}
