/** SQLite in a process of its own (run-sqlite.ts). Its arguments are `coalescing` or `plain`, and an extension to load before. */
import { writeSync } from 'node:fs';

import { coalesceWrites } from '../../dist/src/database/coalescing-vfs.js';
import { loadSqliteDriver } from '../../dist/src/database/sqlite-driver.js';

const [kind, extension] = process.argv.slice(2);
const Sqlite = await loadSqliteDriver();
const connections = new Map();

function open(file) {
  if (!connections.has(file)) connections.set(file, new Sqlite(file));
  return connections.get(file);
}

const actions = {
  run: (file, sql) => void open(file).exec(sql),
  read: (file, sql) => open(file).prepare(sql).raw().all(),
  close(file) {
    open(file).close();
    connections.delete(file);
  },
  /** Says on standard output which of endless transactions are committed. */
  commitForEver(file, sql) {
    for (let i = 1; ; i += 1) {
      open(file).exec(sql.replaceAll('?', String(i)));
      writeSync(1, `${i}\n`);
    }
  },
};

if (extension !== undefined) open(':memory:').loadExtension(extension);
if (kind === 'coalescing') coalesceWrites(Sqlite);

process.on('message', ([action, ...details]) => {
  try {
    process.send({ value: actions[action](...details) });
  } catch ({ code, message }) {
    process.send({ code, message });
  }
});
process.send({});
