/* global kendo */
import assert from 'node:assert/strict';
import test from 'node:test';

import { startService } from '../support/service.mjs';
import { seed, userStatus } from '../support/user-status.mjs';
import { openPage } from './chromium.mjs';
import { servePages } from './pages.mjs';

const KENDO = ['core', 'data.odata', 'data.xml', 'data'];
const SCRIPTS = [
  'jquery/dist/jquery.js',
  ...KENDO.map((part) => `kendo-ui-core/umd/kendo.${part}.min.js`),
];

const origin = await servePages(
  {
    '/':
      '<!doctype html><link rel="icon" href="data:,">' +
      SCRIPTS.map((script) => `<script src="/packages/${script}"></script>`).join(''),
  },
  { '/packages/': '.' },
);
const service = await startService({ CORS_ORIGINS: origin });
await seed(service, 12);
const { page, faults } = await openPage(origin);

await page.evaluate(
  ({ statuses, token }) => {
    const beforeSend = (request) => request.setRequestHeader('Authorization', `Bearer ${token}`);
    const one = ({ id }) => `${statuses}('${encodeURIComponent(id)}')`;
    window.source = new kendo.data.DataSource({
      type: 'odata-v4',
      transport: {
        read: { url: statuses, beforeSend },
        create: { url: statuses, beforeSend },
        update: { url: one, beforeSend },
        destroy: { url: one, beforeSend },
      },
      schema: { model: { id: 'id', fields: { id: { defaultValue: null } } } },
      serverPaging: true,
      serverSorting: true,
      serverFiltering: true,
      pageSize: 5,
      sort: { field: 'devicesCount', dir: 'desc' },
    });
  },
  { statuses: service.statuses, token: service.token },
);

test("Kendo's data source asks for pages", async () => {
  const found = await page.evaluate(async () => {
    const { source } = window;
    await source.read();
    const all = [source.total(), source.data().map(({ id }) => id)];
    const filter = [
      { field: 'status', operator: 'eq', value: 'error' },
      { field: 'userDisplayName', operator: 'contains', value: 'Alex' },
    ];
    await source.query({ filter, sort: source.sort(), page: 1, pageSize: 5 });
    return { all, some: [source.total(), source.data().map(({ id }) => id)] };
  });

  assert.deepEqual(found, {
    all: [12, ['k012', 'k011', 'k010', 'k009', 'k008']],
    some: [2, ['k010', 'k005']],
  });
});

test("Kendo's data source creates, replaces and deletes", async () => {
  const found = await page.evaluate(
    async (body) => {
      const { source } = window;
      const created = source.add(body);
      await source.sync();
      source.get('k005').set('status', 'conflict');
      source.remove(source.get('k010'));
      await source.sync();
      await source.query({ page: 1, pageSize: 5 });
      return [created.id.length, source.total(), source.get('k010'), created.devicesCount];
    },
    userStatus({ devicesCount: 13 }),
  );

  assert.deepEqual(found, [36, 12, undefined, 13]);
});

test('Kendo has nothing to complain of', () => {
  assert.deepEqual(faults, []);
});
