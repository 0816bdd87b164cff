/** Provokes failures, and prints the fields of the SDK's ODataError. */
import { connect, failureOf, print } from './kiota-session.mjs';

const { READ_TOKEN } = process.env;
const { statuses } = connect();
const model = {
  lastReportedDateTime: new Date(),
  devicesCount: 1,
  status: 'compliant',
  userDisplayName: null,
  userPrincipalName: null,
};
const { id } = await statuses.post(model);
const entity = statuses.byDeviceConfigurationUserStatusId(id);
const headers = { 'If-Match': 'W/"old"', 'client-request-id': 'mine' };

print({
  invalid: await failureOf(statuses.post({ ...model, devicesCount: 1.5, status: 'fine' })),
  badOption: await failureOf(statuses.get({ queryParameters: { filter: 'devicesCount eq' } })),
  unauthenticated: await failureOf(connect('nonsense').statuses.get()),
  toUnknownHost: await failureOf(connect(undefined, 'v1.0', 'graph.example.com').statuses.get()),
  forbidden: await failureOf(connect(READ_TOKEN).statuses.post(model)),
  missing: await failureOf(statuses.byDeviceConfigurationUserStatusId('nobody').get()),
  missingCount: await failureOf(statuses.count.get({ queryParameters: { filter: 'nothing' } })),
  conflict: await failureOf(statuses.post({ ...model, id })),
  precondition: await failureOf(entity.delete({ headers })),
  unsupported: await failureOf(statuses.get({ queryParameters: { expand: ['manager'] } })),
});
