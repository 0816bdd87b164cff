/** Sends batches with the client's own BatchRequestContent, and reads them with its BatchResponseContent. */
import { BatchRequestContent, BatchResponseContent } from '@microsoft/microsoft-graph-client';

import { client, connect, failureOf, print } from './graph-session.mjs';

const { BASE_URL, READ_TOKEN, COLLECTION, EXAMPLE } = process.env;
const example = JSON.parse(EXAMPLE);

/** An item: a request of the platform, with an absolute URL, as the client wants it. */
function item(id, method, below, { body, dependsOn, headers = {} } = {}) {
  const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const request = new Request(`${BASE_URL}/v1.0${COLLECTION}${below}`, {
    method,
    headers: { ...content, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return dependsOn === undefined ? { id, request } : { id, request, dependsOn: [dependsOn] };
}

async function send(items, as = client) {
  const batch = await new BatchRequestContent(items).getContent();
  return new BatchResponseContent(await as.api('/$batch').post(batch));
}

async function toFindings(responses) {
  const findings = {};
  for (const [id, response] of responses.getResponsesIterator()) {
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
    findings[id] = { status: response.status, body: isJson ? JSON.parse(text) : text };
  }
  return findings;
}

const twenty = Array.from({ length: 20 }, (_, i) =>
  item(String(i + 1), 'POST', '', { body: { ...example, id: `user-${i + 1}`, devicesCount: i } }),
);
const created = await send(twenty);
const { location } = Object.fromEntries(created.getResponseById('20').headers);
const { '@odata.etag': tag } = await created.getResponseById('1').json();

// Each behind the one before.
const serial = [
  item('create', 'POST', '', { body: { ...example, id: 'new one' } }),
  item('change', 'PATCH', "('new%20one')", { body: { status: 'error' }, dependsOn: 'create' }),
  item('read', 'GET', '/new%20one?$select=status', { dependsOn: 'change' }),
  item('remove', 'DELETE', '/new%20one', { dependsOn: 'read' }),
  item('list', 'GET', '?$top=1&$filter=devicesCount gt 18', { dependsOn: 'remove' }),
];
// None waits for another.
const parallel = [
  item('get', 'GET', '/user-1'),
  item('count', 'GET', '/$count'),
  item('patch', 'PATCH', '/user-2', { body: { userDisplayName: null } }),
  item('silent', 'PATCH', '/user-3', { body: {}, headers: { Prefer: 'return=minimal' } }),
  item('fresh', 'DELETE', '/user-1', { headers: { 'If-Match': 'W/"old"' } }),
  item('unchanged', 'GET', '/user-1', { headers: { 'If-None-Match': tag } }),
  item('nobody', 'GET', '/nobody'),
  item('wrong', 'POST', '', { body: { ...example, status: 'fine' } }),
];
// All wait for one, which fails.
const failing = [
  item('taken', 'POST', '', { body: { ...example, id: 'user-1' } }),
  item('behind', 'PATCH', '/user-4', { body: { devicesCount: 99 }, dependsOn: 'taken' }),
  item('behind too', 'DELETE', '/user-5', { dependsOn: 'taken' }),
];
// The failure goes on along the chain.
const chain = [
  item('missing', 'DELETE', '/nobody'),
  item('second', 'DELETE', '/user-6', { dependsOn: 'missing' }),
  item('third', 'DELETE', '/user-7', { dependsOn: 'second' }),
];
const readOnly = [item('allowed', 'GET', '/user-1'), item('denied', 'DELETE', '/user-1')];
const post = (requests) => failureOf(client.api('/$batch').post({ requests }));
const get = { method: 'GET', url: COLLECTION };

print({
  created: [...created.getResponses()].map(([id, { status }]) => [id, status]),
  location,
  serial: await toFindings(await send(serial)),
  parallel: await toFindings(await send(parallel)),
  failing: await toFindings(await send(failing)),
  chain: await toFindings(await send(chain)),
  readOnly: await toFindings(await send(readOnly, connect(READ_TOKEN))),
  beta: await toFindings(
    new BatchResponseContent(
      await client
        .api('/$batch')
        .version('beta')
        .post({ requests: [{ ...get, id: 'beta', url: `${COLLECTION}/user-4` }] }),
    ),
  ),
  untouched: (await client.api(`${COLLECTION}/user-4`).get()).devicesCount,
  left: await client.api(`${COLLECTION}/$count`).get(),
  tooMany: await post(Array.from({ length: 21 }, (_, i) => ({ ...get, id: String(i) }))),
  none: await post([]),
  twice: await post([
    { ...get, id: 'a' },
    { ...get, id: 'A' },
  ]),
  noContentType: await post([{ id: '1', method: 'POST', url: COLLECTION, body: example }]),
  unauthenticated: await failureOf(
    connect('nonsense')
      .api('/$batch')
      .post({ requests: [get] }),
  ),
});
