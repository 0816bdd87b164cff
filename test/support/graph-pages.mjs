/** Walks through a large collection with the client's PageIterator: to the end, and with a stop on the way. */
import { PageIterator } from '@microsoft/microsoft-graph-client';

import { client, print, statuses } from './graph-session.mjs';

const { EXAMPLE, COUNT, STOP_AFTER, FOR_SOME } = process.env;
const example = JSON.parse(EXAMPLE);

async function walk(request, options) {
  const ids = [];
  const collect = ({ id }) => ids.push(id) > 0;
  const iterator = new PageIterator(client, await request.get(), collect, options);
  await iterator.iterate();
  return { ids, isComplete: iterator.isComplete() };
}

async function walkWithStop(request) {
  const ids = [];
  const collect = ({ id }) => ids.push(id) !== Number(STOP_AFTER);
  const iterator = new PageIterator(client, await request.get(), collect);
  await iterator.iterate();
  const stopped = { after: ids.length, isComplete: iterator.isComplete() };
  await iterator.resume();
  return { stopped, ids, isComplete: iterator.isComplete() };
}

/** Many at a time, as a reporter does after a night without a network. */
async function createAll() {
  let next = 0;
  const createNext = async () => {
    while (next < Number(COUNT)) {
      const number = next++;
      const id = `user-${String(number).padStart(4, '0')}`;
      const userDisplayName = number % 10 === 0 ? FOR_SOME : null;
      await statuses().post({ ...example, id, userDisplayName, devicesCount: number });
    }
  };
  await Promise.all(Array.from({ length: 50 }, createNext));
}

await createAll();

const headers = { Prefer: 'odata.maxpagesize=140' };

print({
  all: await walk(statuses()),
  byTop: await walk(statuses().top(200).select('id')),
  byPreference: await walk(statuses().headers(headers), { headers }),
  backwards: await walk(statuses().orderby('devicesCount desc').top(199)),
  filtered: await walk(
    statuses()
      .filter(`userDisplayName eq '${encodeURIComponent(FOR_SOME)}'`)
      .count(true)
      .top(19),
  ),
  stopped: await walkWithStop(statuses().top(80)),
});
