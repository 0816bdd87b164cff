import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createCertificate, type Certificate } from './support/certificate.js';
import { start } from './support/run.js';
import { startTestApp, type TestApp } from './support/test-app.js';
import { CONFIGURATION, PUBLISHED_EXAMPLE } from './support/user-status.js';

const COLLECTION = `/deviceManagement/deviceConfigurations/${CONFIGURATION}/rootCertificate/userStatuses`;

let folder: string;
let certificate: Certificate;
let app: TestApp;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-tls-'));
  certificate = await createCertificate(folder);
  app = await startTestApp(certificate.env);
  url = app.url.replace('127.0.0.1', 'localhost');
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe('the unmodified graph-client, over TLS', () => {
  it('creates, reads, and understands the errors', async () => {
    const { stdout, stderr, code } = await start('node', ['test/support/graph-client.mjs'], {
      NODE_EXTRA_CA_CERTS: certificate.certFile,
      BASE_URL: url,
      TOKEN: app.token,
      READ_TOKEN: app.readToken,
      COLLECTION,
      EXAMPLE: JSON.stringify(PUBLISHED_EXAMPLE),
    }).finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const seen = JSON.parse(stdout) as Record<string, Record<string, unknown>>;

    expect(seen.created).toMatchObject(PUBLISHED_EXAMPLE);
    expect(seen.found).toEqual(seen.created);
    expect(seen.beta).toMatchObject({
      ...PUBLISHED_EXAMPLE,
      '@odata.context': expect.stringContaining(`${url}/beta/$metadata#`),
    });
    expect(seen.raw).toMatchObject({
      status: 201,
      location: expect.stringContaining(`${url}/v1.0/deviceManagement/`),
    });
    expect(seen.minimal).toBeNull();
    for (const [name, statusCode, errorCode] of [
      ['conflict', 409, 'Conflict'],
      ['invalid', 400, 'ModelValidationFailure'],
      ['missing', 404, 'ResourceNotFound'],
      ['forbidden', 403, 'Forbidden'],
      ['unauthenticated', 401, 'InvalidAuthenticationToken'],
    ] as const) {
      expect(seen[name]).toEqual({
        statusCode,
        code: errorCode,
        message: expect.stringMatching(/\.$/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        isDate: true,
      });
    }
  });
});

describe('TLS', () => {
  it('has https in the addresses it answers with', () => {
    expect(app.url).toMatch(/^https:/);
  });

  it('refuses protocol versions that are broken', async () => {
    const { port } = new URL(app.url);
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
