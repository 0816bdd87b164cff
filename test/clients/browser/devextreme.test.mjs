import assert from 'node:assert/strict';
import test from 'node:test';

import { startService } from '../support/service.mjs';
import { seed, userStatus } from '../support/user-status.mjs';
import { openPage } from './chromium.mjs';
import { bundle, servePages } from './pages.mjs';

const SCRIPT = `
import DataGrid from 'devextreme/ui/data_grid';
import ODataStore from 'devextreme/data/odata/store';
Object.assign(window, { DataGrid, ODataStore });
`;

const origin = await servePages(
  {
    '/':
      '<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/dx/dx.light.css">' +
      '<div id="grid"></div><script src="/page.js"></script>',
    '/page.js': await bundle(SCRIPT),
  },
  { '/dx/': 'devextreme/dist/css' },
);
const service = await startService({ CORS_ORIGINS: origin });
await seed(service, 12);
const { page, faults } = await openPage(origin);

/** Waits until the grid has these rows: it shows what it had until it has asked. */
async function showsRows(...ids) {
  await page.waitForFunction((expected) => {
    const cells = document.querySelectorAll('.dx-data-row > td:first-child');
    return [...cells].map(({ innerText }) => innerText).join() === expected;
  }, ids.join());
}

await page.evaluate(
  ({ statuses, token }) => {
    const { DataGrid, ODataStore } = window;
    const store = new ODataStore({
      url: statuses,
      version: 4,
      key: 'id',
      keyType: 'String',
      beforeSend: (request) => {
        request.headers = { ...request.headers, Authorization: `Bearer ${token}` };
      },
    });
    const grid = new DataGrid(document.getElementById('grid'), {
      dataSource: store,
      columns: ['id', 'status', 'devicesCount', 'userDisplayName'],
      remoteOperations: { filtering: true, paging: true, sorting: true },
      paging: { pageSize: 5 },
      filterRow: { visible: true },
    });
    Object.assign(window, { store, grid });
  },
  { statuses: service.statuses, token: service.token },
);

test("DevExtreme's grid shows the first page, and the others", async () => {
  await showsRows('k001', 'k002', 'k003', 'k004', 'k005');
  await page.evaluate(() => window.grid.pageIndex(2));
  await showsRows('k011', 'k012');
  assert.equal(await page.evaluate(() => window.grid.totalCount()), 12);
});

test("DevExtreme's grid sorts and filters in the service", async () => {
  await page.evaluate(() => {
    window.grid.option('paging.pageIndex', 0);
    window.grid.columnOption('devicesCount', 'sortOrder', 'desc');
    window.grid.filter([
      ['status', '=', 'error'],
      ['userDisplayName', 'contains', 'alex'],
    ]);
  });
  await showsRows('k010', 'k005');
});

test("DevExtreme's store creates, changes, counts and deletes", async () => {
  const found = await page.evaluate(
    async (body) => {
      const { store } = window;
      const created = await store.insert(body);
      await store.update('new', { status: 'conflict' });
      const { status } = await store.byKey('new');
      const count = await store.totalCount({ filter: ['status', '=', 'conflict'] });
      await store.remove('new');
      const refusal = await store.byKey('new').catch(({ httpStatus, errorDetails }) => ({
        httpStatus,
        code: errorDetails.code,
      }));
      return { created: created.id, status, count, refusal };
    },
    userStatus({ id: 'new' }),
  );

  assert.deepEqual(found, {
    created: 'new',
    status: 'conflict',
    count: 1,
    refusal: { httpStatus: 404, code: 'ResourceNotFound' },
  });
});

test('DevExtreme has nothing to complain of but the refusal', () => {
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('404 (Not Found)')),
    [],
  );
});
