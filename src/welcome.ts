import { dirname, resolve } from 'node:path';

import type { Config } from './config/config.js';
import { toHostAndPort } from './config/postgres-url.js';

/** Where the data lie if nobody says so. */
const DEFAULT_FOLDER = resolve('data');

/** What whoever has started the service on a terminal wants to know next. */
export function toWelcome(config: Config, url: string): string {
  const base = config.publicUrl ?? url;
  const lines = [
    ['Address', base],
    ['Reference', `${base}${config.hasReferencePage ? '/docs' : '/openapi.json'}`],
    ['Data', toDataPlace(config)],
    ['Token', toTokenSource(config)],
    ['Stop', 'Ctrl-C'],
  ];
  return `\n${lines.map(([name, text]) => `  ${name!.padEnd(9)}  ${text!}\n`).join('')}\n`;
}

function toDataPlace({ database }: Config): string {
  if (database.engine === 'sqlite') return resolve(database.file);
  const servers = database.servers.map(toHostAndPort);
  return `${database.database} on PostgreSQL at ${servers.join(', ')}`;
}

function toTokenSource({ auth }: Config): string {
  if (auth.mode === 'openid') return `from ${auth.issuer}`;
  const folder = resolve(dirname(auth.keyFile));
  const setting = folder === DEFAULT_FOLDER ? '' : `DATA_DIR=${quote(folder)} `;
  return `${setting}npm run -s token`;
}

/** As a shell reads it. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
