/** Provokes every failure that a program of Graph handles, and prints what the client tells of each. */
import { connect, failureOf, print, statuses } from './graph-session.mjs';

const { READ_TOKEN, COLLECTION, EXAMPLE } = process.env;
const example = JSON.parse(EXAMPLE);
const { id } = await statuses().post(example);

print({
  invalid: await failureOf(statuses().post({ ...example, devicesCount: '12', status: 'fine' })),
  malformed: await failureOf(statuses().post('{"devicesCount":')),
  badOption: await failureOf(statuses().top(-1).get()),
  unauthenticated: await failureOf(connect('nonsense').api(COLLECTION).get()),
  forbidden: await failureOf(connect(READ_TOKEN).api(COLLECTION).post(example)),
  missing: await failureOf(statuses('/nobody').get()),
  noPath: await failureOf(statuses('/nobody/nothing').get()),
  put: await failureOf(statuses(`/${id}`).put(example)),
  conflict: await failureOf(statuses().post({ ...example, id })),
  gone: await failureOf(statuses().skipToken('nonsense').get()),
  precondition: await failureOf(statuses(`/${id}`).header('If-Match', 'W/"old"').patch({})),
  media: await failureOf(statuses().header('content-type', 'text/csv').post('a,b')),
  unsupported: await failureOf(statuses().expand('manager').get()),
});
