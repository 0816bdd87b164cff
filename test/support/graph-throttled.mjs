/** Creates more at once than the service takes, and leaves it to the client to come again. */
import { print, statuses } from './graph-session.mjs';

const example = JSON.parse(process.env.EXAMPLE);
const ids = [];
for (let id = 0; id < 5; id += 1) {
  ids.push((await statuses().post({ ...example, id: String(id) })).id);
}

print({ ids });
