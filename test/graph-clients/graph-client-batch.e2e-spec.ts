import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runProgram, type Findings } from '../support/run-program.js';
import { startTlsApp, type TlsApp } from '../support/tls-app.js';
import { CONFIGURATION, PUBLISHED_EXAMPLE } from '../support/user-status.js';

const COLLECTION = `/deviceManagement/deviceConfigurations/${CONFIGURATION}/rootCertificate/userStatuses`;

let tls: TlsApp;

beforeAll(async () => {
  tls = await startTlsApp();
});

afterAll(async () => {
  await tls.close();
});

describe("the unmodified graph-client's batches, over TLS", () => {
  let seen: Findings;

  beforeAll(async () => {
    seen = await runProgram('graph-batch', {
      ...tls.env,
      COLLECTION,
      EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
    });
  });

  const failure = (status: number, code: string): unknown => ({
    status,
    body: { error: expect.objectContaining({ code }) },
  });

  it('creates twenty, and answers in the order of the requests', () => {
    expect(seen.created).toEqual(Array.from({ length: 20 }, (_, i) => [String(i + 1), 201]));
    expect(seen.location).toEqual(expect.stringMatching(/^https:\/\/.*userStatuses\('user-20'\)$/));
  });

  it('does one after the other where each depends on the one before', () => {
    expect(seen.serial).toEqual({
      create: { status: 201, body: expect.objectContaining({ id: 'new one' }) },
      change: { status: 200, body: expect.objectContaining({ status: 'error', devicesCount: 12 }) },
      read: { status: 200, body: expect.objectContaining({ status: 'error' }) },
      remove: { status: 204, body: '' },
      list: {
        status: 200,
        body: expect.objectContaining({ value: [expect.objectContaining({ id: 'user-20' })] }),
      },
    });
  });

  it('judges each item as a request of its own', () => {
    expect(seen.parallel).toEqual({
      get: { status: 200, body: expect.objectContaining({ id: 'user-1' }) },
      count: { status: 200, body: '20' },
      patch: { status: 200, body: expect.objectContaining({ userDisplayName: null }) },
      silent: { status: 204, body: '' },
      fresh: failure(412, 'PreconditionFailed'),
      unchanged: { status: 304, body: '' },
      nobody: failure(404, 'ResourceNotFound'),
      wrong: failure(400, 'ModelValidationFailure'),
    });
    expect(seen.readOnly).toEqual({
      allowed: { status: 200, body: expect.objectContaining({ id: 'user-1' }) },
      denied: failure(403, 'Forbidden'),
    });
  });

  it('leaves what depends on a failure undone', () => {
    expect(seen.failing).toEqual({
      taken: failure(409, 'Conflict'),
      behind: failure(424, 'FailedDependency'),
      'behind too': failure(424, 'FailedDependency'),
    });
    expect(seen.chain).toEqual({
      missing: failure(404, 'ResourceNotFound'),
      second: failure(424, 'FailedDependency'),
      third: failure(424, 'FailedDependency'),
    });
    expect(seen).toMatchObject({ untouched: 3, left: '20' });
  });

  it('has the addresses of the version that was called', () => {
    expect(seen.beta).toMatchObject({
      beta: { body: { '@odata.context': expect.stringContaining(`${tls.url}/beta/$metadata#`) } },
    });
  });

  it.each([
    ['tooMany', 400, 'BadRequest'],
    ['none', 400, 'BadRequest'],
    ['twice', 400, 'BadRequest'],
    ['noContentType', 400, 'BadRequest'],
    ['unauthenticated', 401, 'InvalidAuthenticationToken'],
  ])('refuses the whole batch: %s', (name, statusCode, code) => {
    expect(seen[name]).toMatchObject({ statusCode, code });
  });
});

describe("the unmodified msgraph-sdk's batches, over TLS", () => {
  it('reads and deletes, as many as there are', async () => {
    const seen = await runProgram('kiota-batch', { ...tls.env, CONFIGURATION_ID: 'kiota-batch' });
    const deleted = Array.from({ length: 45 }, (_, i) => [`user/${String(i)}`, 204]);

    expect(seen).toEqual({
      answered: { list: 200, get: 200, delete: 204, nobody: 404 },
      deleted: deleted.filter((_, i) => i !== 1),
      left: 0,
      withBody: expect.objectContaining({ responseStatusCode: 400 }),
    });
  });
});
