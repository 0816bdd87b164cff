import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { COMPLIANCE_STATUSES } from '../../src/user-statuses/model/compliance-status.js';
import { runProgram, type Findings } from '../support/run-program.js';
import { startTestApp } from '../support/test-app.js';
import { startTlsApp } from '../support/tls-app.js';
import { PUBLISHED_EXAMPLE } from '../support/user-status.js';

const HARD_KEY = '100% + ü?#&=(1)';

interface Service {
  url: string;
  env: Record<string, string>;
  close(): Promise<void>;
}

async function startPlainApp(): Promise<Service> {
  const app = await startTestApp();
  const { url, token, readToken } = app;
  const env = { BASE_URL: url, TOKEN: token, READ_TOKEN: readToken };
  return { url, env, close: () => app.close() };
}

describe.each<[string, () => Promise<Service>]>([
  ['http on loopback', startPlainApp],
  ['TLS', startTlsApp],
])('the unmodified msgraph-sdk (Kiota), over %s', (_, startService) => {
  let service: Service;

  beforeAll(async () => {
    service = await startService();
  });

  afterAll(async () => {
    await service.close();
  });

  /** Runs a program on a collection of its own. */
  async function run(program: string, env: Record<string, string> = {}): Promise<Findings> {
    return runProgram(program, {
      ...service.env,
      CONFIGURATION_ID: program,
      EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
      ...env,
    });
  }

  it('creates, reads, lists, updates, counts and deletes by its models', async () => {
    const seen = await run('kiota-models');
    const read = seen.read as { id: string };
    const model = {
      odataType: '#microsoft.graph.deviceConfigurationUserStatus',
      id: read.id,
      devicesCount: 12,
      lastReportedDateTime: '2026-01-02T03:04:05.678Z',
      status: 'error',
      userDisplayName: 'Alex Wilber',
    };

    expect(seen.created).toMatchObject(model);
    expect(seen).toMatchObject({ isDate: true, read: seen.created });
    expect(seen.updated).toMatchObject({ ...model, status: 'compliant' });
    expect(seen.nulled).not.toHaveProperty('userDisplayName');
    expect(seen.keys).toEqual(
      Object.fromEntries(
        ["a/b c'd", "a%2Fb c'd", HARD_KEY].map((id) => [id, { id, devicesCount: 2, found: id }]),
      ),
    );
    expect(seen.digits).toEqual([
      PUBLISHED_EXAMPLE.lastReportedDateTime,
      '2017-01-01T08:00:17.776Z',
      '2017-01-01T08:00:17.776Z',
    ]);
    expect(seen.enumerated).toEqual(
      Object.fromEntries(COMPLIANCE_STATUSES.map((name) => [name, name])),
    );
    expect(seen.page).toMatchObject({
      odataCount: 3,
      odataNextLink: expect.stringContaining(`${service.url}/v1.0/deviceManagement/`),
      value: ["a/b c'd", "a%2Fb c'd"].map((id) => ({
        odataType: model.odataType,
        additionalData: { '@odata.etag': expect.any(String) },
        id,
        lastReportedDateTime: model.lastReportedDateTime,
      })),
    });
    expect(seen.lists).toEqual({
      all: [read.id, HARD_KEY, "a%2Fb c'd", "a/b c'd"],
      filtered: ["a/b c'd", "a%2Fb c'd", HARD_KEY],
      skipped: [HARD_KEY],
      searched: [HARD_KEY],
      expanded: { names: expect.stringMatching(/^%24filter=.*&%24orderby=/), length: 3 },
    });
    expect(seen.counts).toEqual({ all: 4, filtered: 3, searched: 3 });
    expect(seen.overview).toMatchObject({
      id: 'kiota-models',
      pendingCount: 1,
      errorCount: 3,
      successCount: 0,
      lastUpdateDateTime: model.lastReportedDateTime,
    });
    expect(seen.beta).toMatchObject({ id: "a/b c'd", devicesCount: 2 });
    expect(seen.left).toEqual([read.id]);
  });

  it('has every failure as an ODataError', async () => {
    const { precondition, ...seen } = await run('kiota-failures');
    const innerError = {
      date: expect.stringMatching(/^20\d\d-.*Z$/),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientRequestId: expect.any(String),
    };
    const failure = (responseStatusCode: number, code: string, more: object = {}): unknown => ({
      responseStatusCode,
      error: { code, message: expect.stringMatching(/\.$/), innerError, ...more },
    });
    const fault = (target: string): object => ({
      code: 'ModelValidationFailure',
      message: expect.stringContaining(`'${target}'`),
      target,
    });

    expect(seen).toEqual({
      invalid: failure(400, 'ModelValidationFailure', {
        target: 'devicesCount',
        details: [fault('devicesCount'), fault('status')],
      }),
      badOption: failure(400, 'BadRequest', { target: '$filter' }),
      unauthenticated: failure(401, 'InvalidAuthenticationToken'),
      // The SDK keeps the token to itself.
      toUnknownHost: failure(401, 'InvalidAuthenticationToken'),
      forbidden: failure(403, 'Forbidden'),
      missing: failure(404, 'ResourceNotFound'),
      missingCount: failure(400, 'BadRequest', { target: '$filter' }),
      conflict: failure(409, 'Conflict', { target: 'id' }),
      unsupported: failure(501, 'NotImplemented', { target: '$expand' }),
    });
    expect(precondition).toMatchObject({
      responseStatusCode: 412,
      error: { code: 'PreconditionFailed', innerError: { clientRequestId: 'mine' } },
    });
  });

  it('meets every id exactly once, in order, and resumes where it was stopped', async () => {
    const ids = Array.from({ length: 250 }, (_, i) => `user-${String(i).padStart(4, '0')}`);
    const state = 'Complete';

    expect(
      await run('kiota-pages', { COUNT: '250', STOP_AFTER: '55', NAME: "{R&D} = 100% + O'Neill" }),
    ).toEqual({
      all: { ids, state },
      byTop: { ids, state },
      filtered: { ids: ids.filter((_, i) => i % 2 === 0).reverse(), state },
      stopped: { stopped: { after: 55, state: 'Paused' }, ids, state },
    });
  });
});
