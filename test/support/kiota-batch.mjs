/**
 * Batches by the SDK's core. This release of it sends no headers with an item, and so no body, and reads no JSON from one:
 * what works is to read and to delete, and to know the statuses.
 */
import { BatchRequestContent, BatchRequestContentCollection } from '@microsoft/msgraph-sdk-core';

import { connect, errorMappings, failureOf, print } from './kiota-session.mjs';

const COUNT = 45;
const { adapter, statuses } = connect();
const model = {
  lastReportedDateTime: new Date(),
  devicesCount: 1,
  status: 'compliant',
  userDisplayName: null,
  userPrincipalName: null,
};
const ids = Array.from({ length: COUNT }, (_, i) => `user/${i}`);
await Promise.all(ids.map((id) => statuses.post({ ...model, id })));

const entity = (id) => statuses.byDeviceConfigurationUserStatusId(id);
const batch = new BatchRequestContent(adapter, errorMappings);
const queryParameters = { filter: "id eq 'user/1'", top: 1 };
batch.addBatchRequest(statuses.toGetRequestInformation({ queryParameters }), 'list');
batch.addBatchRequest(entity(ids[0]).toGetRequestInformation(), 'get');
batch.addBatchRequest(entity(ids[1]).toDeleteRequestInformation(), 'delete');
batch.addBatchRequest(entity('nobody').toGetRequestInformation(), 'nobody');
const answered = await batch.postAsync();

const many = new BatchRequestContentCollection(adapter, errorMappings);
for (const id of [ids[0], ...ids.slice(2)])
  many.addBatchRequest(entity(id).toDeleteRequestInformation(), id);
const deleted = await (await many.postAsync()).getResponsesStatusCodes();

const withBody = new BatchRequestContent(adapter, errorMappings);
withBody.addBatchRequest(statuses.toPostRequestInformation(model), 'create');

print({
  answered: Object.fromEntries(await answered.getResponsesStatusCodes()),
  deleted: [...deleted],
  left: await statuses.count.get(),
  withBody: await failureOf(withBody.postAsync()),
});
