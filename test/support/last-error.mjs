/** The service, with a fault (from the environment) in the way of an answer that is an error. */
import { createApp } from '../../dist/src/app.js';
import { loadConfig } from '../../dist/src/config/config.js';
import { Database } from '../../dist/src/database/database.js';
import { createLogger } from '../../dist/src/http/logger.js';
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

const FAULTS = {
  unreadable(fastify) {
    fastify.addHook('preHandler', (_request, _reply, done) => done(unreadable()));
  },
  rejecting(fastify) {
    fastify.addHook('preHandler', () => Promise.reject(unreadable()));
  },
  sending(fastify) {
    fastify.addHook('onSend', (_request, _reply, _payload, done) => done(new Error('SECRET')));
  },
  operation(_fastify, nest) {
    nest.get(UserStatusesService).entities.get = () => Promise.reject(unreadable());
  },
  handler(_fastify, nest) {
    nest.get(Database).check = () => Promise.reject(unreadable());
  },
  answered(fastify) {
    fastify.addHook('onResponse', () => Promise.reject(unreadable()));
  },
  logged(fastify) {
    fastify.addHook('preHandler', (_request, _reply, done) => done(new Error('SECRET')));
  },
};

let isListening = false;
const config = loadConfig();
const logger = createLogger('info', {
  write() {
    if (isListening && process.env.FAULT === 'logged') throw new Error('SECRET');
  },
});
const app = await createApp(config, logger);
FAULTS[process.env.FAULT](app.nest.getHttpAdapter().getInstance(), app.nest);
const url = await app.listen();
isListening = true;
process.stdout.write(`Listening at ${url}\n`);
