import { beforeEach, describe, expect, it } from '@jest/globals';

import { idsIn, pageOf, refusalOf, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, CONFIGURATION } from '../support/user-status.js';

const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
const CONTEXT = `/v1.0/$metadata#deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses`;

let app: TestApp;

beforeEach(async () => {
  app = await borrowTestApp();
});

async function get(query: string, headers: Record<string, string> = {}, path = COLLECTION) {
  return app.send('GET', path + query, undefined, headers);
}

describe('a collection', () => {
  it('is answered with its context first, then its entities in the order of their ids', async () => {
    await seed(app, { bo: { userDisplayName: null }, alex: {} });
    const alex = await app.send('GET', `${COLLECTION}/alex`);
    const answer = await get('');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      '@odata.context': app.url + CONTEXT,
      value: [
        {
          '@odata.type': '#microsoft.graph.deviceConfigurationUserStatus',
          '@odata.etag': alex.headers.get('etag'),
          id: 'alex',
          devicesCount: 12,
          lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
          status: 'notApplicable',
          userDisplayName: 'User Display Name value',
          userPrincipalName: 'User Principal Name value',
        },
        expect.objectContaining({ id: 'bo', userDisplayName: null }),
      ],
    });
    expect(Object.keys(answer.body as object)).toEqual(['@odata.context', 'value']);
    expect(Object.keys(pageOf(answer).value[0]!)).toEqual([
      '@odata.type',
      '@odata.etag',
      'id',
      'devicesCount',
      'lastReportedDateTime',
      'status',
      'userDisplayName',
      'userPrincipalName',
    ]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': CONTENT_TYPE,
      'odata-version': '4.0',
      'cache-control': 'no-store',
    });
    expect(answer.headers.has('etag')).toBe(false);
    expect(answer.headers.has('preference-applied')).toBe(false);
  });

  it('is empty where nothing was created, whatever the device configuration', async () => {
    const answer = await get('');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ '@odata.context': app.url + CONTEXT, value: [] });
  });

  it('shares nothing with another configuration or navigation', async () => {
    const paths = [
      'x',
      'X',
      'x/rootCertificate',
      'x/identityCertificate',
      'x/identityCertificate/rootCertificate',
    ].map((parent) => `/v1.0/deviceManagement/deviceConfigurations/${parent}/userStatuses`);
    for (const [i, path] of paths.entries()) {
      await seed(app, { [`only${String(i)}`]: {}, same: { devicesCount: i } }, path);
    }

    for (const [i, path] of paths.entries()) {
      const answer = await get('', {}, path);
      expect(idsIn(answer)).toBe(`only${String(i)} same`);
      expect(pageOf(answer).value[1]).toMatchObject({ devicesCount: i });
      expect((await get('/$count', {}, path)).text).toBe('2');
    }
  });

  it.each([
    ['', ''],
    ['/v1.0', '/v1.0'],
    ['/beta', '/beta'],
  ])('is answered under "%s", with its context there', async (prefix, root) => {
    await seed(app, { alex: {} });
    const answer = await get('', {}, COLLECTION.replace('/v1.0', prefix));

    expect(idsIn(answer)).toBe('alex');
    expect(pageOf(answer)['@odata.context']).toBe(app.url + CONTEXT.replace('/v1.0', root));
  });

  it.each([
    `/v1.0/devicemanagement/DEVICECONFIGURATIONS/${CONFIGURATION}/RootCertificate/userstatuses`,
    `/v1.0/deviceManagement/deviceConfigurations('${CONFIGURATION}')/rootCertificate/userStatuses/`,
    `/v1.0/deviceManagement/deviceConfigurations(id='${CONFIGURATION}')/microsoft.graph.windows10CertificateProfileBase/rootCertificate/userStatuses`,
  ])('is found at %s', async (path) => {
    await seed(app, { alex: {} });

    expect(idsIn(await get('', {}, path))).toBe('alex');
  });

  it('is answered to HEAD without a body, with the length of that of GET', async () => {
    await seed(app, { alex: {} });
    const got = await get('');
    const head = await app.send('HEAD', COLLECTION);

    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    expect(head.headers.get('content-type')).toBe(CONTENT_TYPE);
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(got.text)));
  });

  it.each(['PUT', 'PATCH', 'DELETE'])(
    'does not take %s, and says what it takes',
    async (method) => {
      const answer = await app.send(method, COLLECTION, {});

      expect(refusalOf(answer)).toBe('405 MethodNotAllowed');
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    },
  );

  it('is read with a token that may read, and with no other', async () => {
    await seed(app, { alex: {} });
    const reader = { authorization: `Bearer ${app.readToken}` };

    for (const path of ['', '/$count', '/alex', '/alex/status', '/alex/status/$value']) {
      expect((await get(path, reader)).status).toBe(200);
      const stranger = await app.send('GET', COLLECTION + path, undefined, { authorization: null });
      expect(refusalOf(stranger)).toBe('401 InvalidAuthenticationToken');
    }
    for (const [method, path] of [
      ['POST', ''],
      ['PATCH', '/alex'],
      ['DELETE', '/alex'],
    ] as const) {
      const answer = await app.send(method, COLLECTION + path, {}, reader);
      expect(refusalOf(answer)).toBe('403 Forbidden');
    }
  });
});
