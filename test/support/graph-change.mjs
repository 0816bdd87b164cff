/** Updates, upserts, reads property by property and deletes, with the entity tags that were answered. */
import { failureOf, print, statuses } from './graph-session.mjs';

const CHANGED = { devicesCount: 3, userDisplayName: null };
const created = await statuses().post(JSON.parse(process.env.EXAMPLE));
const path = `/${created.id}`;
const tag = created['@odata.etag'];

const updated = await statuses(path).header('If-Match', tag).patch(CHANGED);
const untouched = await statuses(path).patch({});
// A program that sends all that it read, annotations and key included.
const echoed = await statuses(path).update({ ...updated, status: 'compliant' });
const whole = await statuses(path).get();
const properties = {
  status: await statuses(`${path}/status`).get(),
  raw: await statuses(`${path}/status/$value`).get(),
  number: await statuses(`${path}/devicesCount/$value`).get(),
  time: await statuses(`${path}/lastReportedDateTime/$value`).get(),
  missing: (await statuses(`${path}/userDisplayName`).get()) ?? null,
};

const upsert = () => statuses('/new%20one').header('Prefer', 'create-if-missing');
const inserted = await upsert().patch({ ...JSON.parse(process.env.EXAMPLE), devicesCount: 1 });
const merged = await upsert().patch({ devicesCount: 2 });

const outdated = await failureOf(statuses(path).header('If-Match', tag).delete());
const minimal = await statuses(path).header('Prefer', 'return=minimal').patch(CHANGED);
const deleted = await statuses(path).header('If-Match', '*').delete();

print({
  created,
  updated,
  untouched,
  echoed,
  whole,
  properties,
  inserted,
  merged,
  outdated,
  minimal: minimal ?? null,
  deleted: deleted ?? null,
  deletedAgain: await failureOf(statuses(path).del()),
});
