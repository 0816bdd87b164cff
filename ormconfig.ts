/** The data source for TypeORM's command line: `npm run build`, then `npx typeorm -d dist/ormconfig.js …`. */
import { DataSource } from 'typeorm';

import { loadConfig } from './src/config/config.js';
import { toDataSourceOptions } from './src/database/data-source.js';
import { UserStatus } from './src/user-statuses/user-status.entity.js';

export default new DataSource({
  ...(await toDataSourceOptions(loadConfig())),
  entities: [UserStatus],
});
