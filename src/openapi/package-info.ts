import { existsSync, readFileSync } from 'node:fs';

/** What package.json says of the service. */
export interface PackageInfo {
  version: string;
  description: string;
  license: string;
}

/** The nearest package.json above: the sources lie less deep than what is built of them. */
export function readPackageInfo(): PackageInfo {
  let file = new URL('package.json', import.meta.url);
  while (!existsSync(file)) file = new URL('../package.json', file);
  return JSON.parse(readFileSync(file, 'utf8')) as PackageInfo;
}
