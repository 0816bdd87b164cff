/** The data source for TypeORM's command line: `npm run build`, then `npx typeorm -d dist/ormconfig.js …`. */
import { DataSource } from 'typeorm';

import { loadConfig } from './src/config/config.js';
import { engineOf } from './src/database/engines.js';
import { UserStatus } from './src/user-statuses/model/user-status.entity.js';
import { UserStatusCollection } from './src/user-statuses/model/user-status-collection.entity.js';

const config = loadConfig();

export default new DataSource({
  ...(await engineOf(config).toDataSourceOptions(config)),
  entities: [UserStatus, UserStatusCollection],
});
