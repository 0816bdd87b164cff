/** Before the first test on SQLite. */
import { startServices } from './services.mjs';

export default async function startOnSqlite({ maxWorkers }) {
  await startServices(
    'sqlite',
    Array.from({ length: maxWorkers }, () => ({})),
  );
}
