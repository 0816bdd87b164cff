import { connect } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runProgram, type Findings } from '../support/run-program.js';
import { startTestApp } from '../support/test-app.js';
import { startTlsApp, type TlsApp } from '../support/tls-app.js';
import { PUBLISHED_EXAMPLE, userStatus } from '../support/user-status.js';

let tls: TlsApp;

beforeAll(async () => {
  tls = await startTlsApp();
});

afterAll(async () => {
  await tls.close();
});

/** Runs a program on a collection of its own. */
async function run(program: string, env: Record<string, string> = {}): Promise<Findings> {
  return runProgram(program, {
    ...tls.env,
    COLLECTION: `/deviceManagement/deviceConfigurations/${program}/rootCertificate/userStatuses`,
    EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
    ...env,
  });
}

describe('the unmodified graph-client, over TLS', () => {
  it('creates and reads, in each of its response types', async () => {
    const { created, ...seen } = await run('graph-create');
    const { id } = created as Record<string, unknown>;

    expect(created).toMatchObject(PUBLISHED_EXAMPLE);
    expect(seen).toEqual({
      found: created,
      byCallback: created,
      asText: created,
      asStream: created,
      selected: {
        '@odata.context': expect.stringContaining('/userStatuses(id,status)/$entity'),
        '@odata.type': PUBLISHED_EXAMPLE['@odata.type'],
        '@odata.etag': expect.any(String),
        id,
        status: 'notApplicable',
      },
      raw: {
        status: 201,
        location: expect.stringContaining(`${tls.url}/v1.0/deviceManagement/`),
        body: expect.objectContaining(PUBLISHED_EXAMPLE),
      },
      beta: expect.objectContaining({
        ...PUBLISHED_EXAMPLE,
        '@odata.context': expect.stringContaining(`${tls.url}/beta/$metadata#`),
      }),
      minimal: null,
      untouched: 304,
    });
  });

  it('updates, upserts, reads properties and deletes', async () => {
    const seen = await run('graph-change');
    const changed = {
      ...PUBLISHED_EXAMPLE,
      id: (seen.created as Record<string, unknown>).id,
      devicesCount: 3,
      userDisplayName: null,
    };
    const tagOf = (finding: unknown): unknown =>
      (finding as Record<string, unknown>)['@odata.etag'];

    expect(seen.updated).toMatchObject(changed);
    expect(tagOf(seen.updated)).not.toBe(tagOf(seen.created));
    expect(seen.untouched).toEqual(seen.updated);
    expect(seen.echoed).toMatchObject({ ...changed, status: 'compliant' });
    expect(seen.whole).toEqual(seen.echoed);
    expect(seen.properties).toEqual({
      status: {
        '@odata.context': expect.stringMatching(/\/userStatuses\('[^']+'\)\/status$/),
        value: 'compliant',
      },
      raw: 'compliant',
      number: '3',
      time: PUBLISHED_EXAMPLE.lastReportedDateTime,
      missing: null,
    });
    expect(seen.inserted).toMatchObject({ ...PUBLISHED_EXAMPLE, id: 'new one', devicesCount: 1 });
    expect(seen.merged).toMatchObject({ ...PUBLISHED_EXAMPLE, id: 'new one', devicesCount: 2 });
    expect(seen.outdated).toMatchObject({ statusCode: 412, code: 'PreconditionFailed' });
    expect(seen).toMatchObject({ minimal: null, deleted: null });
    expect(seen.deletedAgain).toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
  });

  it('understands every failure', async () => {
    const seen = await run('graph-failures');
    const expected: Record<string, [number, string, string?]> = {
      invalid: [400, 'ModelValidationFailure', 'devicesCount'],
      malformed: [400, 'BadRequest'],
      badOption: [400, 'BadRequest', '$top'],
      unauthenticated: [401, 'InvalidAuthenticationToken'],
      forbidden: [403, 'Forbidden'],
      missing: [404, 'ResourceNotFound'],
      noPath: [404, 'ResourceNotFound'],
      put: [405, 'MethodNotAllowed'],
      conflict: [409, 'Conflict', 'id'],
      gone: [410, 'Gone', '$skiptoken'],
      precondition: [412, 'PreconditionFailed'],
      media: [415, 'UnsupportedMediaType'],
      unsupported: [501, 'NotImplemented', '$expand'],
    };

    expect(Object.keys(seen)).toEqual(Object.keys(expected));
    for (const [name, [statusCode, code, target]] of Object.entries(expected)) {
      const { body, date, ...failure } = seen[name] as Record<string, unknown>;
      const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
      expect({ name, ...failure }).toEqual({
        name,
        statusCode,
        code,
        message: expect.stringMatching(/\.$/),
        requestId,
      });
      expect(Math.abs(Date.now() - Date.parse(String(date)))).toBeLessThan(60_000);
      expect(body).toMatchObject({
        code,
        message: failure.message,
        ...(target === undefined ? {} : { target }),
        innerError: { 'request-id': failure.requestId, 'client-request-id': expect.any(String) },
      });
    }
    expect(seen.invalid).toMatchObject({
      body: { details: [{ target: 'devicesCount' }, { target: 'status' }] },
    });
  });
});

describe('the unmodified graph-client, misdirected', () => {
  it('is told what is wrong, and needs no certain end of the base URL', async () => {
    const plain = await startTestApp();
    const seen = await run('graph-misdirected', { HTTP_URL: plain.url });
    await plain.close();
    const noToken = { statusCode: 401, code: 'InvalidAuthenticationToken' };

    expect(seen).toMatchObject({
      // The client keeps the token to itself.
      overHttp: { ...noToken, message: expect.stringContaining('is missing') },
      toUnknownHost: { ...noToken, message: expect.stringContaining('is missing') },
      withVersionTwice: { statusCode: 404, code: 'ResourceNotFound' },
      withSlash: { succeeded: { value: [] } },
      withoutSlash: { succeeded: { value: [] } },
    });
  });

  it('has no status where it does not trust the certificate', async () => {
    const seen = await run('graph-misdirected', { HTTP_URL: tls.url, NODE_EXTRA_CA_CERTS: '' });

    expect(seen.withSlash).toMatchObject({ statusCode: -1, message: 'fetch failed' });
  });
});

describe('a list by the unmodified graph-client', () => {
  const IDS = ['alex', 'bianca', 'cho', 'dana', 'enrico'];
  const ROWS = [
    { userDisplayName: 'Alex Wilber', devicesCount: 1, status: 'compliant' },
    { userDisplayName: "Bianca O'Neill", devicesCount: 4, status: 'compliant' },
    { userDisplayName: 'Lee & Ko + 100% #1', devicesCount: 2, status: 'conflict' },
    { userDisplayName: null, devicesCount: 4, status: 'error' },
    { userDisplayName: 'Enrico', devicesCount: 3, status: 'unknown' },
  ].map((row, i) => {
    const id = IDS[i]!;
    const lastReportedDateTime = `2026-01-01T00:00:0${String(i)}Z`;
    return userStatus({ ...row, id, userPrincipalName: `${id}@example.com`, lastReportedDateTime });
  });
  let seen: Findings;

  beforeAll(async () => {
    seen = await run('graph-list', { ROWS: JSON.stringify(ROWS) });
  });

  it.each<[string, unknown]>([
    ['all', IDS],
    ['filtered', ['bianca']],
    ['filteredByEnum', ['cho']],
    ['filteredByNull', ['dana']],
    ['filteredByName', ['bianca']],
    ['filteredByEncodedName', ['cho']],
    ['filteredByTime', ['bianca', 'cho', 'dana', 'enrico']],
    ['ordered', ['bianca', 'dana', 'enrico', 'cho', 'alex']],
    ['orderedByList', ['enrico', 'bianca', 'alex', 'dana', 'cho']],
    ['skipped', ['dana', 'enrico']],
    ['searched', ['alex', 'cho']],
    ['byQueryText', ['bianca']],
    ['byQueryObject', ['bianca']],
    ['preferred', 3],
    ['counted', '5'],
    ['countedByFilter', '2'],
    ['countedBySearch', '1'],
  ])('answers %s', (name, expected) => {
    expect(seen[name]).toEqual(expected);
  });

  it('answers what was selected, and nothing else', () => {
    expect(seen.selected).toEqual([
      {
        '@odata.type': PUBLISHED_EXAMPLE['@odata.type'],
        '@odata.etag': expect.any(String),
        id: 'alex',
        status: 'compliant',
      },
    ]);
  });

  it('pages by the token that the client takes out of the link', () => {
    expect(seen.first).toMatchObject({
      '@odata.count': 5,
      '@odata.nextLink': expect.stringContaining(`${tls.url}/v1.0/deviceManagement/`),
      value: [{ id: 'dana' }, { id: 'bianca' }],
    });
    expect(seen.second).toMatchObject({
      '@odata.count': 5,
      value: [{ id: 'enrico' }, { id: 'cho' }],
    });
  });

  it.each([
    ['expanded', 501, 'NotImplemented'],
    ['backwards', 400, 'BadRequest'],
    ['unknownProperty', 400, 'BadRequest'],
    ['foreignToken', 410, 'Gone'],
  ])('refuses %s', (name, statusCode, code) => {
    expect(seen[name]).toMatchObject({ statusCode, code });
  });
});

describe('TLS', () => {
  it('has https in the addresses it answers with', () => {
    expect(tls.app.url).toMatch(/^https:/);
  });

  it('refuses protocol versions that are broken', async () => {
    const { port } = new URL(tls.url);
    const failure = await new Promise((resolve) => {
      const options = {
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
      } as const;
      const socket = connect(Number(port), '127.0.0.1', options, () => {
        resolve('connected');
        socket.destroy();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code);
      });
    });

    expect(failure).toMatch(/^ERR_SSL|^ECONNRESET|EPROTO/);
  });
});
