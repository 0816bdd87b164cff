/** Creates more at once than the service takes, and leaves it to the SDK to come again. */
import { connect, print } from './kiota-session.mjs';

const { statuses } = connect();
const ids = [];
for (let id = 0; id < 5; id += 1) {
  const created = await statuses.post({
    id: String(id),
    lastReportedDateTime: new Date(),
    devicesCount: 1,
    status: 'compliant',
    userDisplayName: null,
    userPrincipalName: null,
  });
  ids.push(created.id);
}

print({ ids });
