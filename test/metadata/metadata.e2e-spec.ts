import { beforeAll, describe, expect, it } from '@jest/globals';

import type { Answer } from '../support/client.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

const XML = 'application/xml;charset=utf-8';
const JSON_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
});

/** Without a token, as tools do that have none yet. */
function read(path: string, accept?: string, method = 'GET'): Promise<Answer> {
  const headers = { authorization: null, ...(accept === undefined ? {} : { accept }) };
  return app.send(method, path, undefined, headers);
}

describe('the format of $metadata', () => {
  it.each([
    ['Accept: text/html', '', 'text/html'],
    ['what is refused by weight', '', 'application/xml;q=0, application/json;q=0, */*'],
    ['nothing at all', '', '*/*;q=0'],
    ['$format=atom', '?$format=atom', '*/*'],
    ['$format without a value', '?$format=', '*/*'],
    ['$format=text/xml', '?$format=text/xml', '*/*'],
    ['$format=*/*', '?$format=*/*', '*/*'],
    ['$format=text/html, whatever Accept says', '?$format=text/html', 'application/json'],
  ])('is refused for %s', async (_what, query, accept) => {
    expect(await read(`/v1.0/$metadata${query}`, accept)).toMatchObject({
      status: 406,
      body: { error: { code: 'NotAcceptable' } },
    });
  });

  it.each([
    ['', undefined, XML],
    ['', '*/*', XML],
    ['', 'application/*', XML],
    ['', 'application/xml', XML],
    ['', 'APPLICATION/XML; charset=UTF-8', XML],
    ['', 'application/xml, application/json', XML],
    ['', 'application/json, application/xml', XML],
    ['', 'application/json;q=0.8, application/xml;q=0.9', XML],
    ['', 'application/json;q=0, */*', XML],
    ['', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', XML],
    // What axios sends unless it is told otherwise; code generators fetch with it.
    ['', 'application/json, text/plain, */*', XML],
    ['', 'application/json;odata.metadata=minimal, */*', XML],
    ['', 'application/json, */*', XML],
    ['', 'application/json;q=0.5, */*;q=0.5', XML],
    ['', 'application/json;odata.metadata=full, application/xml', XML],
    ['', 'application/json', JSON_TYPE],
    ['', 'Application/JSON; IEEE754Compatible=true; odata.metadata="minimal"', JSON_TYPE],
    ['', 'application/json;odata.metadata=none', JSON_TYPE],
    ['', 'application/json;odata.metadata=full', JSON_TYPE],
    ['', 'application/json;odata.metadata=full, */*;q=0.1', JSON_TYPE],
    ['', 'application/json;odata.metadata=none;charset=utf-16;q=0.9, */*;q=0.8', JSON_TYPE],
    ['', 'application/json;odata.streaming=true;foo=bar', JSON_TYPE],
    ['', 'application/json, text/plain, */*;q=0.9', JSON_TYPE],
    ['', 'application/xml;q=0.5, application/json;q=0.6', JSON_TYPE],
    ['', 'application/xml;q=0, */*;q=0.1', JSON_TYPE],
    ['?$format=json', undefined, JSON_TYPE],
    ['?%24Format=JSON', 'application/xml', JSON_TYPE],
    ['?format=application/json;odata.metadata=minimal', 'text/html', JSON_TYPE],
    ['?$format=application/json;metadata=full', '*/*', JSON_TYPE],
    ['?$format=application/json;odata.metadata=full', 'application/xml', JSON_TYPE],
    ['?$format=xml', 'application/json', XML],
    ['?$format=application/xml', 'application/json', XML],
    ['?$schemaversion=*', undefined, XML],
    ['?mine=1', undefined, XML],
  ])('of %s with Accept %s is %s', async (query, accept, contentType) => {
    const { status, headers, text } = await read(`/v1.0/$metadata${query}`, accept ?? '');

    expect({ status, contentType: headers.get('content-type') }).toEqual({
      status: 200,
      contentType,
    });
    expect(text.startsWith(contentType === XML ? '<?xml' : '{"$Version":"4.0"')).toBe(true);
    expect(headers.get('odata-version')).toBe('4.0');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe.each(['/$metadata', '/'])('%s', (path) => {
  it.each([
    ['$filter=1 eq 1', 400, 'BadRequest'],
    ['$select=id', 400, 'BadRequest'],
    ['$top=1', 400, 'BadRequest'],
    ['$unheard=1', 400, 'BadRequest'],
    ['$format=json&format=json', 400, 'BadRequest'],
    ['$expand=*', 501, 'NotImplemented'],
    ['$schemaversion=1', 501, 'NotImplemented'],
  ])('refuses the option %s', async (query, status, code) => {
    expect(await read(`/v1.0${path}?${query}`)).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('refuses the method %s', async (method) => {
    const answer = await read(`/beta${path}`, undefined, method);

    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers everybody, and whoever has a token', async () => {
    const [open, wrong, good] = await Promise.all([
      read(path),
      app.send('GET', path, undefined, { authorization: 'Bearer x' }),
      app.send('GET', path),
    ]);

    expect([open, wrong, good].map(({ status, text }) => [status, text])).toEqual(
      [1, 2, 3].map(() => [200, open.text]),
    );
  });

  it('answers HEAD with the headers of GET, and no body', async () => {
    const [get, head] = await Promise.all([read(path), read(path, undefined, 'HEAD')]);

    expect(head).toMatchObject({ status: 200, text: '' });
    for (const name of ['content-type', 'content-length', 'odata-version']) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
  });
});

describe('the service document', () => {
  const value = [{ name: 'deviceManagement', kind: 'Singleton', url: 'deviceManagement' }];

  it.each([
    ['XML', '', 'application/xml'],
    ['$format=xml', '?$format=xml', '*/*'],
  ])('is not there in %s', async (_what, query, accept) => {
    expect(await read(`/v1.0/${query}`, accept)).toMatchObject({
      status: 406,
      body: { error: { code: 'NotAcceptable' } },
    });
  });

  it.each([
    ['/', ''],
    ['/v1.0', '/v1.0'],
    ['/v1.0/', '/v1.0'],
    ['/V1.0/', '/v1.0'],
    ['/beta', '/beta'],
    ['/beta/', '/beta'],
    ['?$format=json', ''],
    ['/v1.0?$format=application/json;odata.metadata=minimal', '/v1.0'],
  ])('at %s lists the singleton', async (path, prefix) => {
    const answer = await read(path);

    expect(answer).toMatchObject({ status: 200 });
    expect(answer.text).toBe(
      JSON.stringify({ '@odata.context': `${app.url}${prefix}/$metadata`, value }),
    );
    expect(answer.headers.get('content-type')).toBe(JSON_TYPE);
    expect(answer.headers.get('odata-version')).toBe('4.0');
  });

  it('has no context where no metadata is asked for', async () => {
    const answer = await read('/v1.0/', 'application/json;odata.metadata=none');

    expect(answer).toMatchObject({ status: 200, body: { value } });
    expect(answer.body).not.toHaveProperty(['@odata.context']);
    expect(answer.headers.get('content-type')).toBe(JSON_TYPE.replace('minimal', 'none'));
  });

  it.each(['//', '/v1.0//', '/v1.0/beta', '/v2.0', '/serviceDocument'])(
    'is not at %s',
    async (path) => {
      expect(await read(app.url + path)).toMatchObject({ status: 404 });
    },
  );
});

describe('the singleton that the service document names', () => {
  const SINGLETON = 'deviceManagement';

  async function get(path: string, headers: Record<string, string | null> = {}): Promise<Answer> {
    return app.send('GET', path, undefined, headers);
  }

  it.each([
    ['/deviceManagement', ''],
    ['/v1.0/deviceManagement', '/v1.0'],
    ['/beta/deviceManagement/', '/beta'],
    ['/v1.0/DEVICEmanagement', '/v1.0'],
    ['/v1.0/deviceManagement?$format=json', '/v1.0'],
    ['/v1.0/deviceManagement?mine=1', '/v1.0'],
  ])('is answered at %s', async (path, prefix) => {
    const answer = await get(path);

    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      JSON.stringify({
        '@odata.context': `${app.url}${prefix}/$metadata#deviceManagement/$entity`,
        id: SINGLETON,
      }),
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': JSON_TYPE,
      'odata-version': '4.0',
      'cache-control': 'no-store',
    });
  });

  it('is at the address that the service document has for it', async () => {
    for (const root of ['/v1.0/', '/beta/', '/']) {
      const { value } = (await read(root)).body as { value: { url: string }[] };

      expect((await get(new URL(value[0]!.url, app.url + root).href)).status).toBe(200);
    }
  });

  it.each([
    ['id', 'id'],
    ['*', '*'],
  ])('takes $select=%s', async (select, written) => {
    expect((await get(`/v1.0/deviceManagement?$select=${select}`)).body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement(${written})/$entity`,
      id: SINGLETON,
    });
  });

  it('tells of itself what it is asked', async () => {
    const [none, full] = await Promise.all(
      ['none', 'full'].map((level) =>
        get('/v1.0/deviceManagement', { accept: `application/json;odata.metadata=${level}` }),
      ),
    );

    expect(none!.text).toBe('{"id":"deviceManagement"}');
    expect(full!.body).toEqual({
      '@odata.context': `${app.url}/v1.0/$metadata#deviceManagement/$entity`,
      '@odata.type': '#microsoft.graph.deviceManagement',
      '@odata.id': SINGLETON,
      id: SINGLETON,
    });
  });

  it.each([
    ['?$select=name', {}, 400, 'BadRequest'],
    ['?$filter=true', {}, 400, 'BadRequest'],
    ['?$expand=deviceConfigurations', {}, 501, 'NotImplemented'],
    ['?$format=xml', {}, 406, 'NotAcceptable'],
    ['', { accept: 'text/html' }, 406, 'NotAcceptable'],
    ['', { authorization: null }, 401, 'InvalidAuthenticationToken'],
    ['', { 'if-match': 'W/"x"' }, 412, 'PreconditionFailed'],
    ["('x')", {}, 404, 'ResourceNotFound'],
    ['/nothing', {}, 404, 'ResourceNotFound'],
  ])('refuses %s with %j', async (end, headers, status, code) => {
    expect(await get(`/v1.0/deviceManagement${end}`, headers)).toMatchObject({
      status,
      body: { error: { code } },
    });
  });

  it('needs a token that may read', async () => {
    const reader = { authorization: `Bearer ${app.readToken}` };

    expect((await get('/v1.0/deviceManagement', reader)).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('does not take %s', async (method) => {
    const answer = await app.send(method, '/v1.0/deviceManagement', {});

    expect(answer).toMatchObject({ status: 405, body: { error: { code: 'MethodNotAllowed' } } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});
