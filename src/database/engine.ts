import type { DataSource, DataSourceOptions } from 'typeorm';

import type { Config } from '../config/config.js';
import type { Database } from './database.js';

/** What stands behind `Database` for one kind of database, in a folder of its own. */
export interface Engine {
  toDataSourceOptions(config: Config): Promise<DataSourceOptions>;
  /**
   * Opens the database and brings its schema up to date. Throws one sentence that names it, or the
   * reason of `stop` with nothing half done.
   */
  open(options: DataSourceOptions, stop: AbortSignal): Promise<DataSource>;
  /** The database, in the words of a message. */
  placeOf(config: Config): string;
  /**
   * Deletes all that is stored. Throws one sentence, with nothing deleted, where a service uses it;
   * returns `false` where there is nothing.
   */
  erase(config: Config): Promise<boolean>;
  createDatabase(dataSource: DataSource): Database;
}
