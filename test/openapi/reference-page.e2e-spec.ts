import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startNestApp, type NestApp } from '../support/nest-app.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
});

describe('the reference page', () => {
  it.each([
    'package.json',
    'index.html',
    '..%2Fpackage.json',
    'swagger-ui.css%00',
    'Initialize.js',
  ])('does not serve %s', async (name) => {
    expect(await app.send('GET', `/docs/${name}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'ResourceNotFound' } },
    });
  });

  it('loads nothing that the service does not serve itself, with its right type', async () => {
    const page = await app.send('GET', '/docs', undefined, { authorization: null });
    const references = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    const types = Object.fromEntries(
      await Promise.all(
        references.map(async (reference) => {
          const url = new URL(reference, `${app.url}/docs`);
          expect(url.origin).toBe(app.url);
          const { status, headers } = await app.send('GET', url.href, undefined, {
            authorization: null,
          });
          expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
          return [url.pathname, headers.get('content-type')] as const;
        }),
      ),
    );

    expect(page.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(types).toEqual({
      '/openapi.json': 'application/json',
      '/docs/favicon-32x32.png': 'image/png',
      '/docs/swagger-ui.css': 'text/css;charset=utf-8',
      '/docs/swagger-ui-bundle.js': 'text/javascript;charset=utf-8',
      '/docs/initialize.js': 'text/javascript;charset=utf-8',
      '/docs/narrow.css': 'text/css;charset=utf-8',
    });
  });

  it('forbids every other host and everything inline, and needs neither', async () => {
    const { headers, text } = await app.send('GET', '/docs');
    const script = await app.send('GET', '/docs/initialize.js');
    const style = await app.send('GET', '/docs/swagger-ui.css');
    const pictures = [...style.text.matchAll(/url\((?!["']?data:)/g)];

    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(text).not.toMatch(/<script>|<style|style=|\son\w+=|:\/\//);
    expect(script.text).toContain("url: 'openapi.json'");
    expect(script.text).not.toContain('://');
    expect(pictures).toEqual([]);
  });

  it('lets its files be kept, and spares a caller that has them', async () => {
    const { headers } = await app.send('GET', '/docs/swagger-ui.css');
    const again = await app.send('GET', '/docs/swagger-ui.css', undefined, {
      'if-none-match': headers.get('etag')!,
    });

    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

let bare: NestApp;

beforeAll(async () => {
  bare = await startNestApp({ DOCS: 'false' });
});

afterAll(async () => {
  await bare.close();
});

it('is not there where DOCS is false, and the document is', async () => {
  const paths = ['/docs', '/docs/swagger-ui-bundle.js', '/docs/initialize.js', '/openapi.json'];
  const answers = await Promise.all(paths.map((path) => bare.send('GET', path)));
  const { paths: described } = answers.at(-1)!.body as { paths: object };

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200]);
  expect(Object.keys(described).filter((path) => path.startsWith('/docs'))).toEqual([]);
});

/** What a browser sends when an address is typed into it. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

async function open(url: string, accept: string | undefined, method = 'GET') {
  const headers = accept === undefined ? {} : { accept };
  const { status, headers: answered } = await fetch(url, { method, headers, redirect: 'manual' });
  const names = ['location', 'vary', 'cache-control'] as const;
  return [status, ...names.map((name) => answered.get(name))];
}

describe('the root', () => {
  const LED = [302, '/docs', 'Accept', 'no-store'];
  const LISTED = [200, null, 'Accept', 'no-store'];

  it.each([
    ['a browser', BROWSER, LED],
    ['who takes pages alone', 'text/html', LED],
    ['who prefers pages', 'application/json;q=0.9, text/html', LED],
    ['who takes anything', '*/*', LISTED],
    ['who says nothing', '', LISTED],
    ['who takes JSON alone', 'application/json', LISTED],
    ['axios', 'application/json, text/plain, */*', LISTED],
    ['Java', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', LISTED],
    ['who takes both alike', 'text/html, application/json', LISTED],
    ['who takes pages and anything alike', 'text/html, */*', LISTED],
    ['who takes pages, but less', 'text/html;q=0.5, application/json', LISTED],
  ])('leads %s where it should: %s', async (_who, accept, expected) => {
    expect(await open(app.url, accept)).toEqual(expected);
    expect(await open(`${app.url}/`, accept, 'HEAD')).toEqual(expected);
  });

  it.each(['/?$format=json', '/v1.0', '/beta/', '/?format=application/json'])(
    'is the service document to a browser, too, at %s',
    async (path) => {
      expect(await open(app.url + path, BROWSER)).toEqual(LISTED);
    },
  );

  it('refuses what takes neither', async () => {
    for (const accept of ['application/xml', 'text/html;q=0', '*/*, application/json;q=0']) {
      expect((await open(app.url, accept))[0]).toBe(406);
    }
  });

  it('leads a browser on to the page', async () => {
    const page = await app.send('GET', '/', undefined, { authorization: null, accept: BROWSER });

    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html;charset=utf-8');
  });

  it('leads below the path that PUBLIC_URL has', async () => {
    const behindProxy = await startNestApp({ PUBLIC_URL: 'https://example.com/graph/' });
    const answer = await open(behindProxy.url, BROWSER);
    await behindProxy.close();

    expect(answer).toEqual([302, '/graph/docs', 'Accept', 'no-store']);
  });

  it('is the service document where there is no page', async () => {
    expect(await open(bare.url, BROWSER)).toEqual(LISTED);
  });
});
