/** Replicas that write the same entity at the same moment: whoever names its tag wins alone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { sized } from '../support/faults.js';
import { pageOf } from '../support/seed.js';
import { startTestApp, type OwnTestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const ROUNDS = sized(1000, 20);
/** As behind a load balancer: an answer does not say whose it is. */
const PUBLIC_URL = 'http://replicas.example';
const ENTITY = `${COLLECTION}/alex`;

describe('two replicas', () => {
  let replicas: OwnTestApp[];

  beforeAll(async () => {
    const first = await startTestApp({ PUBLIC_URL });
    const { dataDir, database } = first;
    replicas = [first, await startTestApp({ PUBLIC_URL, DATA_DIR: dataDir, ...database.env })];
  }, 60_000);

  afterAll(async () => {
    for (const replica of replicas.toReversed()) await replica.close();
  });

  it('let exactly one of two changes with one entity tag win', async () => {
    const [one, other] = replicas as [OwnTestApp, OwnTestApp];
    const created = await one.send('POST', COLLECTION, userStatus({ id: 'alex' }));
    let tag = created.headers.get('etag')!;
    const wins = [0, 0];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const answers = await Promise.all(
        [one, other].map((replica, i) =>
          replica.send('PATCH', ENTITY, { devicesCount: 2 * round + i }, { 'If-Match': tag }),
        ),
      );
      const winner = answers.findIndex(({ status }) => status === 200);
      const reads = await Promise.all([one.send('GET', ENTITY), other.send('GET', ENTITY)]);

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      expect(reads.map(({ text }) => text)).toEqual(Array(2).fill(answers[winner]!.text));
      expect(reads[0].body).toMatchObject({ devicesCount: 2 * round + winner });
      tag = answers[winner]!.headers.get('etag')!;
      wins[winner]! += 1;
    }
    if (ROUNDS >= 1000) expect(Math.min(...wins)).toBeGreaterThan(0);
  }, 300_000);

  it("follow the links to each other's pages", async () => {
    const [one, other] = replicas as [OwnTestApp, OwnTestApp];
    const collection = COLLECTION.replace('rootCertificate/', '');
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) await one.send('POST', collection, userStatus({ id }));
    const found: string[] = [];
    let next: string | undefined = `${collection}?$top=1&$orderby=id desc`;
    for (const replica of [one, other, one, other]) {
      const page = pageOf(await replica.send('GET', next!));
      found.push(...page.value.map(({ id }) => String(id)));
      next = page['@odata.nextLink']?.slice(PUBLIC_URL.length);
    }

    expect(found).toEqual(ids.toReversed());
    expect(next).toBeUndefined();
  });
});
