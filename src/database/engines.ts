/** The only place that asks which database there is. */
import type { Config } from '../config/config.js';
import type { Engine } from './engine.js';
import { postgres } from './postgres/postgres.engine.js';
import { sqlite } from './sqlite/sqlite.engine.js';

const ENGINES: Readonly<Record<Config['database']['engine'], Engine>> = { sqlite, postgres };

export function engineOf({ database }: Config): Engine {
  return ENGINES[database.engine];
}
