/** Stops the server that `db-start.mjs` has started. Its data stay. */
import { control, findRunningPort, folder } from './local-postgres.mjs';

if (findRunningPort() === undefined) {
  console.error(`No PostgreSQL runs on the data in ${folder}.`);
} else if (control('stop', '--wait', '--mode', 'fast').status === 0) {
  console.error(`PostgreSQL has stopped. Its data stay in ${folder}: 'npm run db:start' goes on.`);
} else {
  console.error(`PostgreSQL does not stop. Its data are in ${folder}.`);
  process.exitCode = 1;
}
