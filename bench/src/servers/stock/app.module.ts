import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type Database from 'better-sqlite3';
import { DataSource } from 'typeorm';

import { UserStatus } from './user-status.entity.js';
import { UserStatusesModule } from './user-statuses.module.js';

/** SQLite's number for FULL: https://sqlite.org/pragma.html#pragma_synchronous */
const SYNCHRONOUS_FULL = 2;

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: process.env.DATABASE!,
      entities: [UserStatus],
      synchronize: true,
      retryAttempts: 0,
      enableWAL: true,
      // better-sqlite3 is compiled to use NORMAL in WAL mode, which may lose what was answered 201.
      prepareDatabase: (database) => {
        (database as Database.Database).pragma('synchronous = FULL');
      },
    }),
    UserStatusesModule,
  ],
})
export class AppModule {
  constructor(private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    const [{ synchronous }] = await this.dataSource.query('PRAGMA synchronous');
    const [{ journal_mode }] = await this.dataSource.query('PRAGMA journal_mode');
    if (synchronous !== SYNCHRONOUS_FULL || journal_mode !== 'wal') {
      throw new Error(`synchronous is ${synchronous}, journal_mode is ${journal_mode}.`);
    }
  }
}
