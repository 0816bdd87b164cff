/** The certificate and the key of TLS: which are refused, and how they are renewed while it runs. */
import { readdirSync, readlinkSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createCertificate } from '../support/certificate.js';
import { askLive, openSocket, pause } from '../support/faults.js';
import { SERVICE, start, startService, type Running } from '../support/run.js';
import { Sqlite } from '../support/sqlite.js';

const FILES = ['tls-cert.pem', 'tls-key.pem'] as const;

let dataDir: string;
let tls: Record<string, string>;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  tls = (await createCertificate(dataDir)).env;
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** A new certificate and its key, of which the named files take the place of those in use. */
async function replace(files: readonly string[] = FILES, options = {}): Promise<void> {
  const folder = join(dataDir, 'renewed');
  mkdirSync(folder);
  await createCertificate(folder, options);
  await Promise.all(files.map((file) => cp(join(folder, file), join(dataDir, file))));
  rmSync(folder, { recursive: true });
}

/** Whose certificate is served. */
async function readServed(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Gives up where the process is gone: what comes behind says what is missing. */
async function waitFor({ child }: Running, isSo: () => boolean): Promise<void> {
  while (!isSo() && child.exitCode === null && child.signalCode === null) await pause(20);
}

async function stop(service: Running) {
  service.child.kill('SIGTERM');
  const { code, signal, stderr } = await service.finished;
  return { code, signal, stderr };
}

const STOPPED = { code: 0, signal: null, stderr: '' };

describe('a certificate and a key', () => {
  it.each([
    ['an EC certificate with an RSA key', 'tls-key.pem', { keyType: 'rsa' }],
    ['an RSA certificate with an EC key', 'tls-cert.pem', { keyType: 'rsa' }],
    ['an EC certificate with the key of another', 'tls-key.pem', { keyType: 'ec' }],
  ])('that do not belong together are refused: %s', async (_what, file, options) => {
    await replace([file], options);
    const service = start('node', SERVICE, { DATA_DIR: dataDir, PORT: '0', ...tls });
    const running = waitFor(service, () => service.stdout().includes('listening')).then(() =>
      stop(service),
    );
    const { code, stderr } = await Promise.race([service.finished, running]);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `user-statuses: TLS_CERT_FILE '${tls.TLS_CERT_FILE!}' and TLS_KEY_FILE ` +
        `'${tls.TLS_KEY_FILE!}' do not belong together: the key must be that of the first ` +
        'certificate in the file\n',
    );
  });

  it.each([
    [
      'has expired',
      { notBeforeDate: new Date(0), notAfterDate: new Date(86_400_000) },
      / expired at Jan {2}2 .*1970 GMT: renew it/,
    ],
    [
      'is not valid yet',
      { notBeforeDate: new Date('2200-01-01'), notAfterDate: new Date('2201-01-01') },
      / is not valid before Jan {2}1 .*2200 GMT/,
    ],
  ])(
    'are served all the same, with a warning, where the certificate %s',
    async (_what, options, warning) => {
      await replace(FILES, options);
      const service = await startService({ DATA_DIR: dataDir, ...tls });
      const live = await askLive(service.url);
      await stop(service);

      expect(live).toBe(200);
      expect(linesOf(service, 40).map(({ msg }) => msg)).toEqual([expect.stringMatching(warning)]);
    },
  );
});

interface Line {
  level: number;
  msg: string;
}

function linesOf(service: Running, level: number): Line[] {
  const lines = service.stdout().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => line.level === level);
}

describe('SIGHUP', () => {
  it('has a renewed certificate served, and connections that are open go on', async () => {
    const service = await startService({ DATA_DIR: dataDir, ...tls });
    const { hostname, port } = new URL(service.url);
    const open = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    let answer = '';
    open.on('data', (data: Buffer) => (answer += data.toString()));
    await new Promise((resolve) => open.once('secureConnect', resolve));
    const before = await readServed(service.url);
    await replace();
    const unasked = await readServed(service.url);
    service.child.kill('SIGHUP');
    await waitFor(service, () => service.stdout().includes('read anew'));
    const after = await readServed(service.url);
    open.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => open.once('close', resolve));

    expect(unasked).toBe(before);
    expect(after).not.toBe(before);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(linesOf(service, 50)).toEqual([]);
    expect(await stop(service)).toEqual(STOPPED);
  });

  it.each([
    ['there is no file', (file: string) => rm(file), 'cannot be read (ENOENT'],
    ['it is no PEM', (file: string) => writeFile(file, 'hello'), 'cannot be used'],
    ['it is cut short', (file: string) => truncate(file, 100), 'cannot be used'],
    ['it is of another key', () => replace(['tls-cert.pem']), 'do not belong together'],
  ])('keeps the certificate where %s, with one line in the log', async (_what, spoil, reason) => {
    const service = await startService({ DATA_DIR: dataDir, ...tls });
    const before = await readServed(service.url);
    await spoil(tls.TLS_CERT_FILE!);
    service.child.kill('SIGHUP');
    await waitFor(service, () => service.stdout().includes('not renewed'));
    const after = await readServed(service.url);
    const stopped = await stop(service);

    expect(after).toBe(before);
    expect(linesOf(service, 50).map(({ msg }) => msg)).toEqual([expect.stringContaining(reason)]);
    expect(stopped).toEqual(STOPPED);
  });

  it('does nothing without TLS', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const before = service.stdout();
    for (let i = 0; i < 3; i += 1) {
      service.child.kill('SIGHUP');
      await pause(50);
    }
    const live = await askLive(service.url);
    const stopped = await stop(service);

    expect({ live, stopped }).toEqual({ live: 200, stopped: STOPPED });
    expect(service.stdout().slice(before.length).trim().split('\n')).toHaveLength(1);
  });

  it('during the start ends nothing, and the certificate that came with it is served', async () => {
    const first = await startService({ DATA_DIR: dataDir, ...tls });
    const before = await readServed(first.url);
    await stop(first);
    // Whoever starts waits for this one.
    const other = new Sqlite(join(dataDir, 'user-statuses.db'));
    other.exec('BEGIN IMMEDIATE');
    const service = start('node', SERVICE, { DATA_DIR: dataDir, PORT: '0', ...tls });
    await waitFor(service, () => hasOpen(service.child.pid!, 'user-statuses.db'));
    await replace();
    service.child.kill('SIGHUP');
    await pause(50);
    other.exec('ROLLBACK');
    other.close();
    await waitFor(service, () => service.stdout().includes('anew'));
    const url = /https:\/\/[^"\s]+/.exec(service.stdout())?.[0] ?? 'https://127.0.0.1:1';
    const after = await readServed(url);

    expect(after).not.toBe(before);
    expect(await stop(service)).toEqual(STOPPED);
  });

  it('during the stop ends nothing', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const stuck = openSocket(service.url);
    stuck.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n');
    await pause(200);
    const stopped = stop(service);
    await pause(200);
    service.child.kill('SIGHUP');
    await pause(200);
    stuck.destroy();

    expect(await stopped).toEqual(STOPPED);
  });
});

/** Whether a process has a file of this name open. Linux alone tells it. */
function hasOpen(pid: number, file: string): boolean {
  const folder = `/proc/${String(pid)}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)).endsWith(`/${file}`);
    } catch {
      // Closed meanwhile.
      return false;
    }
  });
}
