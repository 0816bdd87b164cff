/** A 404 says which segment of the path does not fit, and what fits there. */
import { beforeAll, describe, expect, it } from '@jest/globals';

import { refusalOf } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

const CONFIGURATION = '/deviceManagement/deviceConfigurations/a';

let app: TestApp;
beforeAll(async () => {
  app = await borrowTestApp();
});

const PATHS = [
  ['/nothing', "'nothing' does not fit behind '/'. What fits there:"],
  ['/v1.0/nothing', "'nothing' does not fit behind '/v1.0'. What fits there:"],
  ['/beta/health/live', "'health' does not fit behind '/beta'. What fits there:"],
  ['/devicemanagment', "Did you mean 'deviceManagement'?"],
  ['/helth/ready', "Did you mean 'health'?"],
  ['/health', "'/health' has to go on with one of: live, ready."],
  ['/health/alive', "'alive' does not fit behind '/health'. Did you mean 'live'?"],
  ['/$metadata/x', "'x' does not fit behind '/$metadata'. Nothing does."],
  ['/deviceManagement/deviceConfiguration/a', "Did you mean 'deviceConfigurations'?"],
  [
    '/deviceManagement/deviceConfigurations',
    "'/deviceManagement/deviceConfigurations' has to go on with one of: {deviceConfigurationId}.",
  ],
  [
    CONFIGURATION,
    `'${CONFIGURATION}' has to go on with one of: userStatuses, rootCertificate, ` +
      'identityCertificate, userStatusOverview.',
  ],
  [`${CONFIGURATION}/userStatus`, `'userStatus' does not fit behind '${CONFIGURATION}'.`],
  [`${CONFIGURATION}/userStatus`, "Did you mean 'userStatuses'?"],
  [
    "/v1.0/deviceManagement/deviceConfigurations('a')/rootCertificat/userStatuses",
    "'rootCertificat' does not fit behind " +
      "'/v1.0/deviceManagement/deviceConfigurations('a')'. Did you mean 'rootCertificate'?",
  ],
  [`${CONFIGURATION}/microsoft.graph.x/nothing`, 'What fits there: userStatuses, rootCertificate'],
  [`${CONFIGURATION}/userStatuses/alex/status/value`, "Did you mean '$value'?"],
  [`${CONFIGURATION}/userStatuses/alex/state`, 'the properties are id, devicesCount,'],
  [`${CONFIGURATION}/userStatuses/alex/nothing/$value`, "'$value' does not fit"],
  ['//docs', "write '/docs'."],
  ['//health/live', "write '/health/live'."],
  ['/health/live/', "write '/health/live'."],
  [`/${'x'.repeat(500)}`, "…' does not fit behind '/'."],
] as const;

describe('a path that names nothing', () => {
  it.each(PATHS)('is refused with what would fit: %s', async (path, where) => {
    const answer = await app.send('GET', path);

    expect(refusalOf(answer)).toBe('404 ResourceNotFound');
    expect((answer.body as { error: { message: string } }).error.message).toContain(where);
  });

  it('is told nothing of what a batch does not lead to', async () => {
    const requests = [{ id: '1', method: 'GET', url: '/docs' }];
    const answer = await app.send('POST', '/$batch', { requests });

    expect(answer.text).toContain("'docs' does not fit behind '/'. What fits there:");
    expect(answer.text).not.toMatch(/health|openapi/);
  });

  it.each(PATHS.filter(([path]) => /deviceM|v1.0/.test(path)))(
    'is refused so in a batch: %s',
    async (url, where) => {
      const requests = [{ id: '1', method: 'GET', url }];
      const answer = await app.send('POST', '/$batch', { requests });

      const [response] = (answer.body as { responses: { status: number; body: object }[] })
        .responses;
      expect(response?.status).toBe(404);
      expect(JSON.stringify(response?.body)).toContain(where);
    },
  );
});
