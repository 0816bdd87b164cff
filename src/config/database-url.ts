/** Where the data is, as `DATABASE_URL` says it. */
import { all, Must, Path } from './setting.decorators.js';

/** Another engine is another member of a union by `engine`. */
export interface DatabaseSettings {
  engine: 'sqlite';
  file: string;
}

const SCHEME = 'sqlite:';
/** What stands there in a URL is a host. Read as a path, it is a folder at the root of the disk. */
const HOST = /^\/\/(?=[^/])/;

export function DatabaseUrl(name: string): PropertyDecorator {
  return all(
    Path(name),
    Must(
      ({ value }) => refuseHost(name, String(value)),
      (url: string) => !HOST.test(parseDatabaseUrl(url).file),
    ),
  );
}

function refuseHost(name: string, url: string): string {
  const path = parseDatabaseUrl(url).file.replace(HOST, '');
  return (
    `${name} '${url}' names a host, which a file has not: write '${SCHEME}${path}' for a path ` +
    `from the folder of the start, or '${SCHEME}///${path}' for one from the root`
  );
}

export function parseDatabaseUrl(url: string): DatabaseSettings {
  return { engine: 'sqlite', file: url.startsWith(SCHEME) ? url.slice(SCHEME.length) : '' };
}

/** A database in memory is gone at exit and cannot keep the promise that a 201 makes. */
export function isFile({ file }: DatabaseSettings): boolean {
  return file !== '' && file !== ':memory:' && !file.includes('?');
}
