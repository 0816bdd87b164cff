/** Creates, reads, lists, updates and deletes by the SDK's models: dates are Date objects, statuses are names of its enum. */
import { ComplianceStatusObject } from '@microsoft/msgraph-sdk/models/index.js';

import { connect, print } from './kiota-session.mjs';

const { BASE_URL, TOKEN, CONFIGURATION_ID } = process.env;
const KEYS = ["a/b c'd", "a%2Fb c'd", '100% + ü?#&=(1)'];
const ADDRESS = `${BASE_URL}/v1.0/deviceManagement/deviceConfigurations/${CONFIGURATION_ID}/userStatuses`;
const { configuration, statuses } = connect();
const entity = (id) => statuses.byDeviceConfigurationUserStatusId(id);

async function write(path, method, body) {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
  return (await fetch(ADDRESS + path, { method, headers, body })).json();
}

const model = {
  odataType: '#microsoft.graph.deviceConfigurationUserStatus',
  devicesCount: 12,
  lastReportedDateTime: new Date('2026-01-02T03:04:05.678Z'),
  status: ComplianceStatusObject.ErrorEscaped,
  userDisplayName: 'Alex Wilber',
  userPrincipalName: null,
};
const created = await statuses.post(model);
const read = await entity(created.id).get();
// A program that sends the whole model back, as it got it, but for one member.
const tag = read.additionalData['@odata.etag'];
const updated = await entity(created.id).patch(
  { ...read, status: ComplianceStatusObject.Compliant },
  { headers: { 'If-Match': tag } },
);
const nulled = await entity(created.id).patch({ userDisplayName: null });

// Another program sent more digits than a Date holds, and another zone.
const { EXAMPLE } = process.env;
const precise = await write('', 'POST', EXAMPLE);
const rounded = await entity(precise.id).patch(await entity(precise.id).get());
const { lastReportedDateTime } = await write(`/${precise.id}`, 'PATCH', '{}');
const digits = [precise.lastReportedDateTime, rounded.lastReportedDateTime, lastReportedDateTime];
await entity(precise.id).delete();

const keys = {};
for (const key of KEYS) {
  const { id } = await statuses.post({ ...model, id: key, devicesCount: 1 });
  const { devicesCount } = await entity(key).patch({ devicesCount: 2 });
  keys[key] = { id, devicesCount, found: (await entity(key).get())?.id };
}

const enumerated = {};
for (const status of Object.values(ComplianceStatusObject)) {
  enumerated[status] = (await entity(created.id).patch({ status }))?.status;
}

const list = async (queryParameters) => {
  const { value } = await statuses.get({ queryParameters });
  return value.map(({ id }) => id);
};
const queryParameters = {
  filter: `lastReportedDateTime ge ${model.lastReportedDateTime.toISOString()} and devicesCount eq 2`,
  orderby: ['devicesCount', 'id desc'],
};
const page = await statuses.get({
  queryParameters: {
    ...queryParameters,
    count: true,
    top: 2,
    select: ['id', 'lastReportedDateTime'],
  },
});
// The address as Kiota expands it, before its middleware turns `%24filter` into `$filter`.
const information = statuses.toGetRequestInformation({ queryParameters });
const address = information.URL;
const response = await fetch(address, { headers: { Authorization: `Bearer ${TOKEN}` } });

const lists = {
  all: await list(),
  filtered: await list(queryParameters),
  skipped: await list({ ...queryParameters, skip: 2 }),
  searched: await list({ search: '"alex" AND wilber', filter: "status eq 'error'", top: 1 }),
  expanded: { names: address.split('?')[1], length: (await response.json()).value.length },
};
const counts = {
  all: await statuses.count.get(),
  filtered: await statuses.count.get({ queryParameters: { filter: 'devicesCount eq 2' } }),
  searched: await statuses.count.get({ queryParameters: { search: 'alex' } }),
};
const overview = await configuration.userStatusOverview.get();
const beta = await connect(TOKEN, 'beta').statuses.byDeviceConfigurationUserStatusId(KEYS[0]).get();

for (const key of KEYS) await entity(key).delete();

print({
  created,
  isDate: created.lastReportedDateTime instanceof Date,
  read,
  updated,
  nulled,
  digits,
  keys,
  enumerated,
  page,
  lists,
  counts,
  overview,
  beta,
  left: await list(),
});
