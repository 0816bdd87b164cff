/** Where the data is, as `DATABASE_URL` says it. */
import { isPostgresUrl, parsePostgresUrl, type PostgresSettings } from './postgres-url.js';
import { all, Must, Path } from './setting.decorators.js';

interface SqliteSettings {
  engine: 'sqlite';
  file: string;
}

/** Another engine is another member, by `engine`. */
export type DatabaseSettings = SqliteSettings | PostgresSettings;

const SCHEME = 'sqlite:';
/** What stands there in a URL is a host. Read as a path, it is a folder at the root of the disk. */
const HOST = /^\/\/(?=[^/])/;

export function DatabaseUrl(name: string): PropertyDecorator {
  return all(
    Path(name),
    Must(
      ({ value }) => `${name} ${findFault(String(value))!}`,
      (url: string) => findFault(url) === undefined,
    ),
  );
}

/** Throws what is wrong, as the rest of a sentence that begins with the name of the setting. */
export function parseDatabaseUrl(url: string): DatabaseSettings {
  if (isPostgresUrl(url)) return parsePostgresUrl(url);
  const file = url.startsWith(SCHEME) ? url.slice(SCHEME.length) : '';
  if (!isFile(file)) {
    throw new Error(
      "must be 'sqlite:<path of a file>' or 'postgres://<user>:<password>@<host>/<database>'",
    );
  }
  if (HOST.test(file)) throw new Error(refuseHost(url, file.replace(HOST, '')));
  return { engine: 'sqlite', file };
}

/** A database in memory is gone at exit and cannot keep the promise that a 201 makes. */
export function isFile(file: string): boolean {
  return file !== '' && file !== ':memory:' && !file.includes('?');
}

function findFault(url: string): string | undefined {
  try {
    parseDatabaseUrl(url);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function refuseHost(url: string, path: string): string {
  return (
    `'${url}' names a host, which a file has not: write '${SCHEME}${path}' for a path ` +
    `from the folder of the start, or '${SCHEME}///${path}' for one from the root`
  );
}
