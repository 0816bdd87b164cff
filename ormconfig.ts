/**
 * The data source for TypeORM's command line: `npm run build`, then `npx typeorm -d
 * dist/ormconfig.js …`.
 */
import { DataSource } from 'typeorm';

import { loadConfig } from './src/config/config.js';
import { entitiesOf } from './src/database/data-set.js';
import { engineOf } from './src/database/engines.js';
import { TABLES } from './src/tables.js';

const config = loadConfig();

export default new DataSource({
  ...(await engineOf(config).toDataSourceOptions(config)),
  entities: entitiesOf(TABLES),
});
