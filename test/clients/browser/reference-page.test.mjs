/** The reference page at /docs, on a narrow screen: to read, and to try the service with a token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startService } from '../support/service.mjs';
import { openPage } from './chromium.mjs';

const WIDTH = 360;
const NO_TOKEN = '.auth-wrapper .authorize.unlocked';
/** What Swagger UI says of a reload where the id of an open operation has an underscore. */
const OF_EVERY_UNDERSCORE = /^Deprecated: escaping deep link whitespace/;
const WITH_TOKEN = '.auth-wrapper .authorize.locked';

test('the reference page on a narrow screen', async (t) => {
  const { url, token } = await startService();
  const { page, faults } = await openPage(`${url}/`, { viewport: { width: WIDTH, height: 740 } });

  async function requireFit() {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), WIDTH);
  }

  await t.test('is where a browser is led that opens the root', async () => {
    await page.waitForSelector('.opblock');
    assert.equal(new URL(page.url()).pathname, '/docs');
    await requireFit();
  });

  await t.test('takes a token', async () => {
    await page.click('.auth-wrapper .authorize');
    await page.fill('.dialog-ux input[type=text]', token);
    await requireFit();
    await page.click('.dialog-ux .modal-btn.authorize');
    await page.click('.dialog-ux .btn-done');
    await page.waitForSelector(WITH_TOKEN);
  });

  // The PATCH is of what the POST creates.
  for (const [operation, status] of [
    ['post', 201],
    ['patch', 200],
  ]) {
    await t.test(`sends the example of a ${operation} as it stands`, async () => {
      const block = page.locator(`.opblock-${operation}`).first();
      await block.locator('.opblock-summary-control').click();
      await block.locator('.responses-table').first().waitFor();
      await requireFit();
      await block.locator('.try-out__btn').click();
      await block.locator('.execute').click();
      const answer = block.locator('.live-responses-table .response .response-col_status').first();
      assert.match(await answer.innerText(), new RegExp(`^${status}`));
      await requireFit();
    });
  }

  await t.test('keeps the token for the tab, and for no other', async () => {
    await page.reload();
    await page.waitForSelector(WITH_TOKEN);
    assert.equal(await page.evaluate(() => localStorage.length), 0);

    const other = await page.context().newPage();
    await other.goto(`${url}/docs`);
    await other.waitForSelector(NO_TOKEN);
    await other.close();
  });

  await t.test('forgets it when told to', async () => {
    await page.click('.auth-wrapper .authorize');
    await page.click('.dialog-ux .btn-done >> xpath=preceding-sibling::button');
    await page.reload();
    await page.waitForSelector(NO_TOKEN);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  await t.test('complains of nothing', () => {
    assert.deepEqual(
      faults.filter((fault) => !OF_EVERY_UNDERSCORE.test(fault)),
      [],
    );
  });
});
