import type { DataSource } from 'typeorm';

import { parseConfig } from '../../src/config/config.js';
import { engineOf } from '../../src/database/engines.js';

/** A password that is found where it must not be. */
export const SECRET = 'hunter2';

/** With a password, which a server that trusts whoever connects does not ask for. */
export function withPassword(url: string): string {
  return url.replace('postgres@', `postgres:${SECRET}@`);
}

/** Opens a database as a start does. */
export async function open(url: string, { signal } = new AbortController()): Promise<DataSource> {
  const config = parseConfig({ DATABASE_URL: url });
  const engine = engineOf(config);
  return engine.open(await engine.toDataSourceOptions(config), config, signal);
}

/** What a start ends with, which must be one line without the password. */
export async function refusalOf(url: string): Promise<string> {
  try {
    const dataSource = await open(url);
    await dataSource.destroy();
    return '';
  } catch (error) {
    const { message } = error as Error;
    if (message.includes(SECRET) || message.includes('\n')) throw error;
    return message;
  }
}
