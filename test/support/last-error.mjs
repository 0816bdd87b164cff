/** The service, with a fault, which the header `fault` names, in the way of an answer that is an error. */
import { createApp } from '../../dist/src/app.js';
import { loadConfig } from '../../dist/src/config/config.js';
import { Database } from '../../dist/src/database/database.js';
import { createLogger } from '../../dist/src/http/log/logger.js';
import { UserStatusesService } from '../../dist/src/user-statuses/user-statuses.service.js';

/** An error that nothing can be read of. */
function unreadable() {
  const error = new Error('SECRET');
  for (const name of ['name', 'message', 'stack', 'code', 'status', 'statusCode']) {
    Object.defineProperty(error, name, {
      get() {
        throw new Error('SECRET');
      },
    });
  }
  return error;
}

let fault;
let isListening = false;
const config = loadConfig();
const logger = createLogger('info', {
  write() {
    if (isListening && fault === 'logged') throw new Error('SECRET');
  },
});
const app = await createApp(config, logger);

const { entities } = app.nest.get(UserStatusesService);
const { get } = entities;
entities.get = (...args) =>
  fault === 'operation' ? Promise.reject(unreadable()) : get.apply(entities, args);

const database = app.nest.get(Database);
const { check } = database;
database.check = (...args) =>
  fault === 'handler' ? Promise.reject(unreadable()) : check.apply(database, args);

const fastify = app.nest.getHttpAdapter().getInstance();
fastify.addHook('onRequest', async (request) => {
  fault = request.headers.fault;
});
fastify.addHook('preHandler', (_request, _reply, done) => {
  if (fault === 'unreadable') done(unreadable());
  else if (fault === 'logged') done(new Error('SECRET'));
  else done();
});
fastify.addHook('preHandler', async () => {
  if (fault === 'rejecting') throw unreadable();
});
fastify.addHook('onSend', (_request, _reply, _payload, done) => {
  done(fault === 'sending' ? new Error('SECRET') : null);
});
fastify.addHook('onResponse', async () => {
  if (fault === 'answered') throw unreadable();
});

const url = await app.listen();
isListening = true;
process.stdout.write(`Listening at ${url}\n`);
