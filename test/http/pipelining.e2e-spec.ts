/** Requests that are sent without waiting for the answers to those before. */
import { beforeAll, describe, expect, it } from '@jest/globals';

import { openSocket } from '../support/faults.js';
import { sendRaw } from '../support/raw-socket.js';
import { idsIn, seed } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
  await seed(app, { ALEX: {} });
});

function request(line: string, body = '', headers = ''): string {
  const about =
    body === ''
      ? ''
      : `Content-Type: application/json\r\nContent-Length: ${String(body.length)}\r\n`;
  return `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${app.token}\r\n${about}${headers}\r\n${body}`;
}

const LAST = 'Connection: close\r\n';

function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

describe('requests one behind the other', () => {
  it('are answered in their order', async () => {
    const paths = ['/health/live', '/nothing', `${COLLECTION}/ALEX`, '/$metadata', '/x/%E0%A4%A'];
    const sent = paths.map((path) => request(`GET ${path}`)).join('');
    const answers = await sendRaw(app.url, sent.repeat(8) + request('GET /nothing', '', LAST));

    expect(statusesIn(answers)).toEqual([
      ...Array<number[]>(8).fill([200, 404, 200, 200, 400]).flat(),
      404,
    ]);
  });

  it('are done one after the other, also where each has a body and they come in many pieces', async () => {
    const path = COLLECTION.replace('rootCertificate', 'identityCertificate');
    const creates = Array.from({ length: 300 }, (_, i) => {
      const text = 'x'.repeat(1000);
      return request(
        `POST ${path}`,
        JSON.stringify(userStatus({ id: String(i), userDisplayName: text })),
      );
    });
    const count = request(`GET ${path}/$count`, '', LAST);
    const answers = await sendRaw(app.url, creates.join('') + count);

    expect(statusesIn(answers)).toEqual([...Array<number>(300).fill(201), 200]);
    expect(answers).toMatch(/\r\n\r\n300$/);
  });

  it('are not begun behind one that says it is the last', async () => {
    const late = JSON.stringify(userStatus({ id: 'LATE' }));
    const answers = await sendRaw(
      app.url,
      request(`GET ${COLLECTION}/ALEX`, '', LAST) + request(`POST ${COLLECTION}`, late),
    );

    expect(statusesIn(answers)).toEqual([200]);
    expect(idsIn(await app.send('GET', `${COLLECTION}?$select=id`))).toBe('ALEX');
  });

  it('end the connection where thousands come at once, behind what is being answered', async () => {
    const many = 'GET /docs HTTP/1.1\r\n\r\n'.repeat(2400);
    const answers = await sendRaw(app.url, request(`GET ${COLLECTION}/ALEX`) + many);

    expect(statusesIn(answers)).toEqual([200]);
    expect(answers.toLowerCase()).toContain('connection: close');
  });

  it('may end with CONNECT, which is refused last', async () => {
    const answers = await sendRaw(
      app.url,
      request(`GET ${COLLECTION}/ALEX`).repeat(5) + request('CONNECT x:1'),
    );

    expect(statusesIn(answers)).toEqual([200, 200, 200, 200, 200, 405]);
  });

  it('are not lost on a peer that reads late', async () => {
    const socket = openSocket(app.url);
    const page = request('GET /docs/swagger-ui-bundle.js');
    socket.write(page.repeat(12) + request('GET /nothing', '', LAST));
    await new Promise((resolve) => setTimeout(resolve, 300));
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    await new Promise((resolve) => socket.once('close', resolve));

    expect(statusesIn(received)).toEqual([...Array<number>(12).fill(200), 404]);
  });
});

describe('a request to change the protocol', () => {
  it.each(['websocket', 'h2c', 'TLS/1.2'])('is served as it is: to %s', async (protocol) => {
    const upgrade = `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
    const socket = openSocket(app.url);
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    socket.write(request(`GET ${COLLECTION}/ALEX`, '', upgrade));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write(request('GET /nothing', '', LAST));
    await new Promise((resolve) => socket.once('close', resolve));

    expect(statusesIn(received)).toEqual([200, 404]);
  });
});
