import { type Engine } from '../engine.js';
import { installBaseline, installService, readVersion } from './installations.js';
import { installSeeded } from './seed.js';

export const SQLITE: Engine = {
  name: 'sqlite',
  baselines: ['bare', 'ceiling', 'stock', 'cap'],
  installService: () => installService(),
  installSeeded,
  installBaseline: async (name) => installBaseline(name),
  describe: async () => [['SQLite', readVersion()]],
};
