import assert from 'node:assert/strict';
import test from 'node:test';

import { startService } from '../support/service.mjs';
import { seed, userStatus } from '../support/user-status.mjs';
import { openPage } from './chromium.mjs';
import { bundle, servePages } from './pages.mjs';

const SCRIPT = `
import { DataManager, ODataV4Adaptor, Query } from '@syncfusion/ej2-data';
Object.assign(window, { DataManager, ODataV4Adaptor, Query });
`;

const origin = await servePages({
  '/': '<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>',
  '/page.js': await bundle(SCRIPT),
});
const service = await startService({ CORS_ORIGINS: origin });
await seed(service, 12);
const { page, faults } = await openPage(origin);

await page.evaluate(
  ({ statuses, root, token }) => {
    const { DataManager, ODataV4Adaptor } = window;
    window.connect = () =>
      new DataManager({
        url: statuses,
        // It adds `/$batch`.
        batchUrl: root,
        adaptor: new ODataV4Adaptor(),
        headers: [{ Authorization: `Bearer ${token}` }],
      });
  },
  { statuses: service.statuses, root: service.root, token: service.token },
);

test("Syncfusion's data manager asks for a page", async () => {
  const found = await page.evaluate(async () => {
    const { connect, Query } = window;
    const query = new Query()
      .where('status', 'equal', 'compliant')
      .where('userDisplayName', 'startswith', 'alex', true)
      .sortByDesc('devicesCount')
      .select(['id', 'status'])
      .page(1, 3)
      .requiresCount();
    const { result, count } = await connect().executeQuery(query);
    const none = await connect().executeQuery(new Query().take(0).requiresCount());
    return { ids: result.map(({ id }) => id), count, all: none.count };
  });

  assert.deepEqual(found, { ids: ['k012', 'k011', 'k009'], count: 10, all: 12 });
});

test("Syncfusion's data manager creates, changes and deletes", async () => {
  const found = await page.evaluate(
    async (body) => {
      const { connect, Query } = window;
      const created = await connect().insert(body);
      const changed = await connect().update('id', { ...body, status: 'conflict' });
      await connect().remove('id', 'new');
      const { count } = await connect().executeQuery(new Query().take(1).requiresCount());
      return { created: created.id, status: changed.status, count };
    },
    userStatus({ id: 'new' }),
  );

  assert.deepEqual(found, { created: 'new', status: 'conflict', count: 12 });
});

test("Syncfusion's data manager saves changes in one batch", async () => {
  const found = await page.evaluate(
    async (body) => {
      const { connect, Query } = window;
      const changes = {
        addedRecords: [body],
        changedRecords: [{ id: 'k002', status: 'conflict' }],
        deletedRecords: [{ id: 'k001' }],
      };
      const table = "deviceManagement/deviceConfigurations('wifi')/userStatuses";
      await connect().saveChanges(changes, 'id', table);
      const sorted = new Query().sortBy('id').take(3).requiresCount();
      const { result, count } = await connect().executeQuery(sorted);
      return { count, first: result.map(({ id, status }) => `${id} ${status}`) };
    },
    userStatus({ id: 'b1' }),
  );

  assert.deepEqual(found, {
    count: 12,
    first: ['b1 compliant', 'k002 conflict', 'k003 compliant'],
  });
});

test('Syncfusion has nothing to complain of', () => {
  assert.deepEqual(faults, []);
});
