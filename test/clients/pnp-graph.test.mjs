import assert from 'node:assert/strict';
import test from 'node:test';

import {
  DefaultHeaders,
  DefaultInit,
  GraphCollection,
  graphDelete,
  graphPatch,
  graphPost,
} from '@pnp/graph';
import { createBatch } from '@pnp/graph/batching.js';
import { BearerToken, body, BrowserFetchWithRetry, DefaultParse } from '@pnp/queryable';

import { startService } from './support/service.mjs';
import { userStatus } from './support/user-status.mjs';

const PATH = 'deviceManagement/deviceConfigurations/wifi/userStatuses';

const { root, token } = await startService();

function ask(path = PATH) {
  return GraphCollection(root, path).using(
    DefaultInit(root),
    DefaultHeaders(),
    BrowserFetchWithRetry(),
    DefaultParse(),
    BearerToken(token),
  );
}

test('@pnp/graph creates, reads, updates and deletes', async () => {
  const created = await graphPost(ask(), body(userStatus({ id: 'alex' })));
  const updated = await graphPatch(ask(`${PATH}/alex`), body({ status: 'error' }));
  const read = await ask(`${PATH}/alex`)();
  await graphDelete(ask(`${PATH}/alex`));

  assert.equal(created.id, 'alex');
  assert.equal(updated.status, 'error');
  assert.equal(read['@odata.etag'], updated['@odata.etag']);
  await assert.rejects(ask(`${PATH}/alex`)(), ({ status, message }) => {
    assert.equal(status, 404);
    assert.match(message, /"code":"ResourceNotFound"/);
    return true;
  });
});

test('@pnp/graph follows the links of pages', async () => {
  for (const devicesCount of [1, 2, 3]) {
    await graphPost(ask(), body(userStatus({ id: `k${devicesCount}`, devicesCount })));
  }
  const pages = [];
  const query = ask().filter("userDisplayName eq 'Alex Wilber'").orderBy('devicesCount', false);
  for await (const page of query.select('id').top(2)) pages.push(page.map(({ id }) => id));

  assert.deepEqual(pages, [['k3', 'k2'], ['k1']]);
  assert.equal((await ask().search('"Alex"')()).length, 3);
});

test('@pnp/graph sends a batch', async () => {
  const [batched, execute] = createBatch(ask(''));
  const read = ask(`${PATH}/k1`).using(batched)();
  const created = graphPost(ask().using(batched), body(userStatus({ id: 'bianca' })));
  await execute();

  assert.deepEqual([(await read).id, (await created).id], ['k1', 'bianca']);
});
