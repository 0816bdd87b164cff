import Fastify from 'fastify';
import { v7 as uuidv7 } from 'uuid';

import { COMPLIANCE_STATUSES } from '../../compliance-statuses.js';
import { type Store, type UserStatus } from './user-status.js';

const PROPERTIES = {
  devicesCount: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  lastReportedDateTime: { type: 'string', format: 'date-time' },
  status: {
    enum: COMPLIANCE_STATUSES,
  },
  userDisplayName: { type: ['string', 'null'], maxLength: 1024 },
  userPrincipalName: { type: ['string', 'null'], maxLength: 1024 },
};

const BODY = {
  type: 'object',
  properties: { '@odata.type': { type: 'string' }, ...PROPERTIES },
  required: ['devicesCount', 'lastReportedDateTime', 'status'],
  additionalProperties: false,
};

const ENTITY = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    devicesCount: { type: 'integer' },
    // As texts: a format would have the serialiser make dates of them.
    lastReportedDateTime: { type: 'string' },
    status: { type: 'string' },
    userDisplayName: { type: ['string', 'null'] },
    userPrincipalName: { type: ['string', 'null'] },
  },
};

const PAGE = { type: 'object', properties: { value: { type: 'array', items: ENTITY } } };

const COLLECTION =
  '/deviceManagement/deviceConfigurations/:deviceConfigurationId/rootCertificate/userStatuses';

interface Collection {
  Params: { deviceConfigurationId: string };
}

/** What one would write by hand for speed: schemas for bodies and answers, prepared statements, no log, no authentication. */
export async function serve(store: Store): Promise<void> {
  const app = Fastify();

  app.post<Collection & { Body: Omit<UserStatus, 'id'> }>(
    COLLECTION,
    { schema: { body: BODY, response: { 201: ENTITY } } },
    async (request, reply) => {
      const { body, params, url, host } = request;
      const row = {
        id: uuidv7(),
        devicesCount: body.devicesCount,
        lastReportedDateTime: body.lastReportedDateTime,
        status: body.status,
        userDisplayName: body.userDisplayName,
        userPrincipalName: body.userPrincipalName,
      };
      await store.insert(params.deviceConfigurationId, row);
      void reply.code(201).header('Location', `http://${host}${url}/${row.id}`);
      return row;
    },
  );

  app.get<{ Params: { deviceConfigurationId: string; id: string } }>(
    `${COLLECTION}/:id`,
    { schema: { response: { 200: ENTITY } } },
    async ({ params }, reply) => {
      const row = await store.find(params.deviceConfigurationId, params.id);
      return row ?? reply.code(404).send({});
    },
  );

  app.get<Collection & { Querystring: { $top?: number } }>(
    COLLECTION,
    {
      schema: {
        querystring: { type: 'object', properties: { $top: { type: 'integer' } } },
        response: { 200: PAGE },
      },
    },
    async ({ params, query }) => ({
      value: await store.list(params.deviceConfigurationId, query.$top ?? 100),
    }),
  );

  process.once('SIGTERM', () => {
    void app
      .close()
      .then(() => store.close())
      .then(() => process.exit(0));
  });
  console.log(`listening at ${await app.listen({ port: Number(process.env.PORT ?? 0) })}`);
}
