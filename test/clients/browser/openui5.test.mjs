/* global sap */
import assert from 'node:assert/strict';
import test from 'node:test';

import { startService } from '../support/service.mjs';
import { seed, userStatus } from '../support/user-status.mjs';
import { openPage } from './chromium.mjs';
import { servePages } from './pages.mjs';

const origin = await servePages(
  {
    '/':
      '<!doctype html><link rel="icon" href="data:,">' +
      '<script src="/resources/sap-ui-core.js" data-sap-ui-async="true"></script>',
    // Those that SAP's build would add.
    '/resources/sap-ui-version.json': '{"libraries":[]}',
    '/resources/sap/ui/core/themes/sap_horizon/library.css': '',
  },
  { '/resources/': '@openui5/sap.ui.core/src' },
);
const service = await startService({ CORS_ORIGINS: origin });
await seed(service, 12);
const { page, faults } = await openPage(origin);

await page.evaluate(
  async ({ root, token }) => {
    const names = ['odata/v4/ODataModel', 'Filter', 'Sorter'].map((name) => `sap/ui/model/${name}`);
    const [ODataModel, Filter, Sorter] = await new Promise((resolve, reject) => {
      sap.ui.require(names, (...modules) => resolve(modules), reject);
    });
    const model = new ODataModel({
      serviceUrl: `${root}/`,
      httpHeaders: { Authorization: `Bearer ${token}` },
      operationMode: 'Server',
      autoExpandSelect: true,
    });
    const statuses = "/deviceManagement/deviceConfigurations('wifi')/userStatuses";
    Object.assign(window, { model, Filter, Sorter, statuses });
  },
  { root: service.root, token: service.token },
);

test('OpenUI5 shows a list: filtered, sorted, counted, in a batch', async () => {
  const found = await page.evaluate(async () => {
    const { model, Filter, Sorter, statuses } = window;
    const sorters = [new Sorter('devicesCount', true)];
    const filters = [new Filter('devicesCount', 'GT', 3)];
    // It writes no literals of enumerations.
    const parameters = { $count: true, $filter: "status eq 'compliant'" };
    const list = model.bindList(statuses, undefined, sorters, filters, parameters);
    const contexts = await list.requestContexts(0, 3);
    return { ids: contexts.map((context) => context.getProperty('id')), of: list.getLength() };
  });

  assert.deepEqual(found, { ids: ['k012', 'k011', 'k009'], of: 7 });
});

test('OpenUI5 creates, changes and deletes', async () => {
  const found = await page.evaluate(
    async (body) => {
      const { model, statuses } = window;
      // The third: it does not know the key of a type that has it from its base type.
      const created = model.bindList(statuses).create(body, true);
      await created.created();
      const bound = model.bindContext(`${statuses}('new')`).getBoundContext();
      await bound.requestObject();
      await bound.setProperty('status', 'conflict');
      const changed = await model
        .bindContext(`${statuses}('new')`)
        .getBoundContext()
        .requestObject();
      await bound.delete();
      const refusal = await model
        .bindContext(`${statuses}('new')`)
        .getBoundContext()
        .requestObject()
        .catch(({ status, error }) => ({ status, code: error.code }));
      return { created: created.getProperty('id'), status: changed.status, refusal };
    },
    userStatus({ id: 'new' }),
  );

  assert.deepEqual(found, {
    created: 'new',
    status: 'conflict',
    refusal: { status: 404, code: 'ResourceNotFound' },
  });
});

test('OpenUI5 has nothing to complain of but the refusal', () => {
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("id 'new'")),
    [],
  );
});
