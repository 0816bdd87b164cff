/** The disk of the file is full. */
import { it } from '@jest/globals';

import { finallyDo, requireWritesRefused, startOn } from '../../../support/disk-scene.js';
import { createSmallDisk } from '../../../support/small-disk.js';

const DISK_MIB = 24;

it('a full disk has writes refused with 507 and reads answered, until there is room', async () => {
  const disk = await createSmallDisk(DISK_MIB);
  finallyDo(() => disk.close());
  const env = { DATABASE_URL: `sqlite:${disk.folder}/user-statuses.db` };
  await requireWritesRefused(await startOn(env, disk.enter), disk);
}, 120_000);
