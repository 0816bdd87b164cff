/** Walks through a collection with the SDK's PageIterator: to the end, and with a stop on the way. */
import { PageIterator } from '@microsoft/msgraph-sdk-core';

import { connect, errorMappings, print, toUserStatuses } from './kiota-session.mjs';

const { COUNT, STOP_AFTER, NAME } = process.env;
const { adapter, statuses } = connect();
const create = (_, number) =>
  statuses.post({
    id: `user-${String(number).padStart(4, '0')}`,
    devicesCount: number,
    lastReportedDateTime: new Date(),
    status: number % 2 === 0 ? 'compliant' : 'error',
    userDisplayName: NAME,
    userPrincipalName: null,
  });
await Promise.all(Array.from({ length: Number(COUNT) }, create));

async function walk(queryParameters, stopAfter) {
  const ids = [];
  const iterator = new PageIterator(
    adapter,
    await statuses.get({ queryParameters }),
    ({ id }) => ids.push(id) !== stopAfter,
    toUserStatuses,
    errorMappings,
  );
  await iterator.iterate();
  if (stopAfter === undefined) return { ids, state: iterator.getPagingState() };
  const stopped = { after: ids.length, state: iterator.getPagingState() };
  await iterator.resume();
  return { stopped, ids, state: iterator.getPagingState() };
}

const literal = NAME.replaceAll("'", "''");
const filter = `userDisplayName eq '${literal}' and status eq 'compliant'`;

print({
  all: await walk(),
  byTop: await walk({ top: 50, select: ['id'] }),
  filtered: await walk({ filter, orderby: ['devicesCount desc'], top: 7, count: true }),
  stopped: await walk({ top: 40 }, Number(STOP_AFTER)),
});
