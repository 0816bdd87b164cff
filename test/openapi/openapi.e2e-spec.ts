import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from '@nestjs/swagger';

import { READ } from '../../src/auth/permissions.js';
import { operationsOf } from '../../src/openapi/operations-of.js';
import type { Answer } from '../support/client.js';
import { start } from '../support/run.js';
import { resolve } from '../support/openapi.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import {
  COLLECTION,
  CONFIGURATION,
  PUBLISHED_EXAMPLE,
  userStatus,
} from '../support/user-status.js';

/** An operation of the document, and how to call it. */
interface Described {
  name: string;
  path: string;
  method: string;
  operation: OperationObject & { 'x-permissions'?: string[] };
}

const ID = 'alex';
const require = createRequire(import.meta.url);

let app: NestApp;
let document: OpenAPIObject;
let operations: Described[];

beforeAll(async () => {
  app = await startNestApp();
  document = (await app.send('GET', '/openapi.json', undefined, { authorization: null }))
    .body as OpenAPIObject;
  operations = operationsOf(document).map(({ path, method, operation }) => ({
    name: operation.operationId!,
    path,
    method: method.toUpperCase(),
    operation,
  }));
});

afterAll(async () => {
  await app.close();
});

function toUrl(path: string): string {
  return path
    .replace('{deviceConfigurationId}', CONFIGURATION)
    .replace('{id}', ID)
    .replace('{property}', path.includes('Overview') ? 'errorCount' : 'status')
    .replace('{asset}', 'initialize.js');
}

/** Calls an operation, with a body where it needs one. */
async function call(
  { path, method, operation }: Described,
  query = '',
  headers: Record<string, string | null> = {},
): Promise<Answer> {
  const body = operation.requestBody === undefined ? undefined : PUBLISHED_EXAMPLE;
  return app.send(method, toUrl(path) + query, body, headers);
}

/** What Spectral finds, each finding with its place. */
async function lint(subject: unknown): Promise<{ code: string; path: string[] }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(subject));
  const spectral = require.resolve('@stoplight/spectral-cli/dist/index.js');
  const options = ['--ruleset', 'test/support/spectral.yaml', '--format', 'json', '--quiet'];
  const { stdout, stderr } = await start('node', [spectral, 'lint', ...options, file], {}).finished;
  rmSync(folder, { recursive: true });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as { code: string; path: string[] }[];
}

describe('the document', () => {
  it('is OpenAPI 3.1 without an error or a warning', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await lint(document)).toEqual([]);
  });

  it('is for everybody, and is kept until it changes', async () => {
    const { headers } = await app.send('GET', '/openapi.json', undefined, { authorization: null });
    const etag = headers.get('etag')!;
    const again = await app.send('GET', '/openapi.json', undefined, { 'if-none-match': etag });

    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('has every route of the service, and no other', () => {
    const documented = operations.map(({ path, method }) => `${method} ${path}`);

    expect(documented.sort()).toEqual(readRoutes().sort());
    expect(documented.length).toBeGreaterThan(36);
  });

  it('has each operation under one tag, and describes each tag', () => {
    const tags = operations.map(({ operation }) => operation.tags ?? []);
    const names = document.tags!.map(({ name }) => name);

    expect(tags.filter(({ length }) => length !== 1)).toEqual([]);
    expect([...new Set(tags.flat())].sort()).toEqual(names.sort());
    expect(document.tags!.filter(({ description = '' }) => description === '')).toEqual([]);
  });

  it('says once what several operations have', () => {
    const alike = new Map<string, string[]>();
    for (const { name, operation } of operations) {
      const { parameters = [], requestBody, responses } = operation;
      const parts = [...parameters, requestBody ?? {}, ...Object.values(responses)];
      for (const part of parts.filter((each) => each !== undefined && !('$ref' in each))) {
        const text = JSON.stringify(part);
        if (text !== '{}') alike.set(text, [...(alike.get(text) ?? []), name]);
      }
    }
    const headers = [...JSON.stringify(document.paths).matchAll(/"headers":(\{.*?\}\})/g)];

    expect([...alike.values()].filter(({ length }) => length > 1)).toEqual([]);
    expect(headers.length).toBeGreaterThan(0);
    expect(JSON.stringify(document).length).toBeLessThan(120_000);
  });

  it('takes no time for a `date-time` that readers of RFC 3339 would refuse', () => {
    expect(JSON.stringify(document)).not.toContain('"date-time"');
  });

  it('has $select as a text, as it is sent', () => {
    const selects = operations.flatMap(({ operation }) =>
      (operation.parameters ?? [])
        .map((each) => resolve(document, each) as ParameterObject)
        .filter(({ name }) => name === '$select'),
    );

    expect(selects.length).toBeGreaterThan(0);
    for (const { schema, style, explode } of selects) {
      expect([schema, style, explode]).toEqual([{ type: 'string' }, undefined, undefined]);
    }
  });

  it('names the servers below the path that PUBLIC_URL has', async () => {
    const behindProxy = await startNestApp({ PUBLIC_URL: 'https://example.com/graph/' });
    const { body } = await behindProxy.send('GET', '/openapi.json');
    await behindProxy.close();
    const { servers, paths } = body as OpenAPIObject;

    expect(document.servers?.map(({ url }) => url)).toEqual(['/v1.0', '/beta', '/']);
    expect(servers?.map(({ url }) => url)).toEqual(['/graph/v1.0', '/graph/beta', '/graph']);
    expect(paths['/health/live']!.servers?.map(({ url }) => url)).toEqual(['/graph']);
  });

  it('says of a path whether it answers below a version', async () => {
    const paths = Object.keys(document.paths);
    const found = await Promise.all(
      paths.map(async (path) => (await app.send('OPTIONS', `/v1.0${toUrl(path)}`)).status !== 404),
    );

    expect(paths.filter((_, i) => found[i])).toEqual(
      paths.filter((path) => document.paths[path]!.servers === undefined),
    );
  });
});

/** Fastify draws its routes as a tree: four characters for each level, then a piece of the path and its methods. */
function readRoutes(): string[] {
  const fastify = app.app.nest.getHttpAdapter().getInstance();
  const pieces: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (match === null) return [];
      const [, indent = '', piece = '', methods = ''] = match;
      pieces.splice(indent.length / 4, Infinity, piece);
      const path = pieces.join('').replaceAll(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${path}`);
    });
}

describe('each operation', () => {
  it('documents the query options that it accepts, and no other', async () => {
    const options = 'apply filter search orderby select top skip count skiptoken format'.split(' ');
    for (const described of operations.filter(({ path }) => path.includes('/userStatus'))) {
      const accepted: string[] = [];
      for (const option of options) {
        const { status, text } = await call(described, `?$${option}=1`);
        if (!text.includes('does not apply')) accepted.push(`$${option}`);
        expect(described.operation.responses).toHaveProperty([String(status)]);
      }
      expect([described.name, parametersOf(described, 'query').sort()]).toEqual([
        described.name,
        accepted.sort(),
      ]);
    }
  });

  it('documents who may call it', async () => {
    for (const described of operations) {
      const permissions = described.operation['x-permissions'];
      const stranger = await call(described, '', { authorization: null });
      const reader = await call(described, '', { authorization: `Bearer ${app.readToken}` });

      expect([described.name, stranger.status === 401, reader.status === 403]).toEqual([
        described.name,
        permissions !== undefined,
        permissions?.includes(READ) === false,
      ]);
      expect(described.operation.security).toEqual(permissions ? [{ bearer: [] }] : []);
    }
  });

  it('answers the headers that it documents, but for those that depend on the request', async () => {
    await app.send('PATCH', `${COLLECTION}/${ID}`, userStatus(), { prefer: 'create-if-missing' });
    const conditional = ['Preference-Applied', 'Location', 'OData-EntityId'];
    for (const described of operations.filter(({ method }) => method === 'GET')) {
      const { status, headers } = await call(described);
      const response = resolve(
        document,
        described.operation.responses[String(status)]!,
      ) as ResponseObject;
      const missing = Object.keys(response.headers ?? {}).filter((name) => !headers.has(name));
      expect(missing.filter((name) => !conditional.includes(name))).toEqual([]);
    }
  });
});

function parametersOf({ operation }: Described, place: string): string[] {
  return (operation.parameters ?? [])
    .map((parameter) => resolve(document, parameter) as ParameterObject)
    .flatMap((parameter) => (parameter.in === place ? [parameter.name] : []));
}

/** Bodies of a create; the service and the document must agree on each. */
const MALFORMED: Record<string, unknown> = {
  'a list': [PUBLISHED_EXAMPLE],
  'no properties': {},
  'a text for a number': userStatus({ devicesCount: '12' }),
  'a fraction': userStatus({ devicesCount: 1.5 }),
  'one too many': userStatus({ devicesCount: 2_147_483_648 }),
  'one too few': userStatus({ devicesCount: -2_147_483_649 }),
  'null for a number': userStatus({ devicesCount: null }),
  'a status that is none': userStatus({ status: 'Compliant' }),
  'null for a status': userStatus({ status: null }),
  'a time without a zone': userStatus({ lastReportedDateTime: '2017-01-01T00:00:17' }),
  'a date alone': userStatus({ lastReportedDateTime: '2017-01-01' }),
  '13 digits': userStatus({ lastReportedDateTime: '2017-01-01T00:00:17.1234567890123Z' }),
  'no name': userStatus({ userDisplayName: undefined }),
  'a number for a name': userStatus({ userPrincipalName: 1 }),
  'a name that is too long': userStatus({ userDisplayName: 'x'.repeat(1025) }),
  'a name with U+0000': userStatus({ userDisplayName: 'a\0b' }),
  'an empty id': userStatus({ id: '' }),
  'an id that is too long': userStatus({ id: 'x'.repeat(257) }),
  'an id with a control character': userStatus({ id: 'a\nb' }),
  'an unknown property': userStatus({ isAdmin: true }),
};

/** What no pattern can tell: the document takes it, and the service does not. */
const NO_SUCH_DATE = userStatus({ lastReportedDateTime: '2017-02-30T00:00:00Z' });

const GOOD: Record<string, unknown> = {
  'the published example': PUBLISHED_EXAMPLE,
  'no names': userStatus({ userDisplayName: null, userPrincipalName: null }),
  'the longest texts': userStatus({ id: '😀'.repeat(256), userDisplayName: '😀'.repeat(1024) }),
  'the limits of a number': userStatus({ devicesCount: -2_147_483_648 }),
  'no seconds': userStatus({ lastReportedDateTime: '2017-01-01T00:00-08:00' }),
  'the last instant of Graph': userStatus({ lastReportedDateTime: '9999-12-31T23:59:59.9999999Z' }),
  'twelve digits': userStatus({ lastReportedDateTime: '2017-01-01t00:00:17.123456789012z' }),
  'null for an id': userStatus({ id: null }),
  annotations: userStatus({ '@odata.etag': 1, 'status@odata.type': null }),
  'the type without #': userStatus({
    '@odata.type': 'microsoft.graph.deviceConfigurationUserStatus',
  }),
};

describe('the schema of a create', () => {
  const path = '/deviceManagement/deviceConfigurations/{deviceConfigurationId}/userStatuses';

  it('shows the published example', () => {
    const { examples } = bodyOf(document);

    expect(examples).toMatchObject({ published: { value: PUBLISHED_EXAMPLE } });
  });

  /** As one operation has it; all refer to the same. */
  function bodyOf(subject: OpenAPIObject): { examples?: object } {
    const { content } = resolve(
      subject,
      subject.paths[path]!.post!.requestBody!,
    ) as RequestBodyObject;
    return content['application/json']!;
  }

  it('leaves to the service what days there are', async () => {
    expect((await app.send('POST', COLLECTION, NO_SUCH_DATE)).status).toBe(400);
  });

  // Spectral keeps it to itself when a member whose name has a dot is not of its enum.
  it('takes the name of no other type', () => {
    const { properties } = document.components!.schemas!.createUserStatus as SchemaObject;

    expect(properties!['@odata.type']).toMatchObject({
      enum: [
        '#microsoft.graph.deviceConfigurationUserStatus',
        'microsoft.graph.deviceConfigurationUserStatus',
      ],
    });
  });

  it('takes and refuses what the service takes and refuses', async () => {
    const bodies = Object.entries({ ...MALFORMED, ...GOOD });
    const statuses = await Promise.all(
      bodies.map(async ([, body]) => (await app.send('POST', COLLECTION, body)).status),
    );
    const variant = structuredClone(document);
    bodyOf(variant).examples = Object.fromEntries(bodies.map(([name, value]) => [name, { value }]));
    const findings = await lint(variant);
    const refused = new Set(
      findings.map((finding) => finding.path[finding.path.indexOf('examples') + 1]),
    );

    expect(bodies.filter((_, i) => statuses[i] === 201).map(([name]) => name)).toEqual(
      Object.keys(GOOD),
    );
    expect([...new Set(findings.map(({ code }) => code))]).toEqual(['oas3-valid-media-example']);
    expect([...refused].sort()).toEqual(Object.keys(MALFORMED).sort());
  });
});

it('shows batches that succeed when they are sent as they stand', async () => {
  const { content } = document.paths['/$batch']!.post!.requestBody as {
    content: Record<string, { examples: Record<string, { value: unknown }> }>;
  };
  const answers = await Promise.all(
    Object.entries(content).map(([type, { examples }]) =>
      app.send('POST', '/v1.0/$batch', examples.batch!.value, {
        'content-type': type,
        accept: 'application/json',
      }),
    ),
  );
  const statuses = answers.map(({ body }) =>
    (body as { responses: { status: number }[] }).responses.map(({ status }) => status),
  );

  expect(Object.keys(content)).toEqual([
    'application/json',
    expect.stringMatching(/^multipart\/mixed; boundary=/),
  ]);
  expect(statuses).toEqual([
    [201, 200, 201, 201, 200],
    [201, 200],
  ]);
});

describe('the schemas of answers', () => {
  const FULL = { accept: 'application/json;odata.metadata=full' };

  function membersOf(name: string): string[] {
    return Object.keys((document.components!.schemas![name] as SchemaObject).properties!).sort();
  }

  function keysOf(value: unknown): string[] {
    return Object.keys(value as object).sort();
  }

  it('have exactly the members of an entity, alone and on a page', async () => {
    const inConfiguration = `/v1.0/deviceManagement/deviceConfigurations/schemas/userStatuses`;
    const created = await app.send('POST', inConfiguration, userStatus(), FULL);
    await app.send('POST', inConfiguration, userStatus());
    const page = await app.send('GET', `${inConfiguration}?$top=1&$count=true`, undefined, FULL);
    const { value } = page.body as { value: unknown[] };
    const members = membersOf('microsoft.graph.deviceConfigurationUserStatus');

    expect(created.status).toBe(201);
    expect(keysOf(created.body)).toEqual(members);
    expect(keysOf(page.body)).toEqual(membersOf('userStatusPage'));
    expect(keysOf(value[0])).toEqual(members.filter((name) => name !== '@odata.context'));
  });

  it('have exactly the members of a property and of the overview', async () => {
    await app.send('POST', COLLECTION, userStatus({ id: 'schema' }));
    const property = await app.send('GET', `${COLLECTION}/schema/status`);
    const overview = await app.send(
      'GET',
      COLLECTION.replace('userStatuses', 'userStatusOverview'),
    );

    expect(keysOf(property.body)).toEqual(membersOf('userStatusProperty'));
    expect(keysOf(overview.body)).toEqual(
      membersOf('microsoft.graph.deviceConfigurationUserOverview'),
    );
  });

  it('have exactly the members of an error', async () => {
    const { body } = await app.send('POST', COLLECTION, userStatus({ devicesCount: '12' }));
    const { error } = body as { error: { details: unknown[]; innerError: unknown } };
    const { properties } = (document.components!.schemas!.error as SchemaObject).properties!
      .error as SchemaObject;
    const { items } = properties!.details as { items: SchemaObject };
    const inner = properties!.innerError as SchemaObject;

    expect(membersOf('error')).toEqual(keysOf(body));
    expect(keysOf(properties)).toEqual(keysOf(error));
    expect(keysOf(items.properties)).toEqual(keysOf(error.details[0]));
    expect(keysOf(inner.properties)).toEqual(keysOf(error.innerError));
  });
});
