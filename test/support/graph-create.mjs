/** Creates and reads user statuses, in each way that the client has for a response. */
import { ResponseType } from '@microsoft/microsoft-graph-client';

import { print, statuses } from './graph-session.mjs';

const example = JSON.parse(process.env.EXAMPLE);
const created = await statuses().post(example);
const path = `/${created.id}`;
const raw = await statuses().responseType(ResponseType.RAW).create(example);
const stream = await statuses(path).getStream();

print({
  created,
  found: await statuses(path).get(),
  selected: await statuses(path).select(['id', 'status']).get(),
  byCallback: await new Promise((resolve, reject) => {
    statuses(path).get((error, found) => (error ? reject(error) : resolve(found)));
  }),
  asText: JSON.parse(await statuses(path).responseType(ResponseType.TEXT).get()),
  asStream: JSON.parse(await new Response(stream).text()),
  raw: { status: raw.status, location: raw.headers.get('location'), body: await raw.json() },
  beta: await statuses().version('beta').post(example),
  minimal: (await statuses().header('Prefer', 'return=minimal').post(example)) ?? null,
  untouched: (
    await statuses(path)
      .header('If-None-Match', created['@odata.etag'])
      .responseType(ResponseType.RAW)
      .get()
  ).status,
});
