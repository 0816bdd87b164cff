/** The same interface under another name: package.json installs two releases of one package. */
declare module 'better-sqlite3-node-20' {
  export { default } from 'better-sqlite3';
}
