import { type Engine } from '../engine.js';
import { installBaseline, installService } from './installations.js';
import { installSeeded } from './seed.js';
import { query, useServer } from './server.js';

const SHOWN = ['shared_buffers', 'max_wal_size', 'wal_compression'];

export const POSTGRES: Engine = {
  name: 'postgres',
  baselines: ['bare', 'ceiling', 'indexed-bare', 'indexed-ceiling'],
  installService,
  installSeeded,
  installBaseline,
  async describe() {
    const { url } = await useServer();
    const show = async (name: string): Promise<string> =>
      (await query<{ setting: string }>(url, 'SELECT current_setting($1) AS setting', [name]))[0]!
        .setting;
    const version = (await show('server_version')).split(' ')[0]!;
    const settings = await Promise.all(SHOWN.map(async (name) => `${name} ${await show(name)}`));
    return [['PostgreSQL', `${version}, ${settings.join(', ')}`]];
  },
};
