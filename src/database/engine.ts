import type { DataSource, DataSourceOptions } from 'typeorm';

import type { Config } from '../config/config.js';
import type { DataSet, TargetDataSet } from './data-set.js';
import type { Database } from './database.js';
import type { StoredRow, TableDefinition } from './table.js';

type Tables = readonly TableDefinition<StoredRow>[];

/** What stands behind `Database` for one kind of database, in a folder of its own. */
export interface Engine {
  toDataSourceOptions(config: Config): Promise<DataSourceOptions>;
  /**
   * Opens the database and brings its schema up to date. Throws one sentence that names it, or the
   * reason of `stop` with nothing half done.
   */
  open(options: DataSourceOptions, config: Config, stop: AbortSignal): Promise<DataSource>;
  /** The database, in the words of a message. */
  placeOf(config: Config): string;
  /**
   * Deletes all that is stored. Throws one sentence, with nothing deleted, where a service uses it;
   * returns `false` where there is nothing.
   */
  erase(config: Config): Promise<boolean>;
  createDatabase(dataSource: DataSource, config: Config): Database | Promise<Database>;
  /**
   * Opens what there is to be read as a whole, and writes nothing. Throws one sentence where there
   * is nothing, or its schema is not this program's.
   */
  openSource(config: Config, tables: Tables): Promise<DataSet>;
  /**
   * Opens a database to be written to as a whole, made if there is none. Throws one sentence where
   * a service uses it.
   */
  openTarget(config: Config, tables: Tables): Promise<TargetDataSet>;
}
