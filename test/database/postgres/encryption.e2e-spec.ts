/** TLS and passwords, as the URL says it and the server asks for it. */
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'selfsigned';

import { giveToServer } from '../../../scripts/postgres-programs.mjs';
import { open, refusalOf, SECRET } from '../../support/open-postgres.js';
import { query, startPostgres, type PostgresServer } from '../../support/postgres.js';
import { toRow, UserStatusStore } from '../../support/user-status-store.js';

let folder: string;
let server: PostgresServer;

/** A certificate that signs itself, so that it is its own authority. */
async function createCertificate(name: string, ip: string): Promise<void> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip }] },
    ],
  });
  writeFileSync(join(folder, `${name}.crt`), cert);
  writeFileSync(join(folder, `${name}.key`), key, { mode: 0o600 });
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  folder = mkdtempSync(join(tmpdir(), 'user-statuses-tls-'));
  chmodSync(folder, 0o755);
  await createCertificate('server', '127.0.0.1');
  await createCertificate('carol', '127.0.0.1');
  writeFileSync(join(folder, 'text.crt'), 'text');
  giveToServer(folder);
  server = await startPostgres({
    settings: {
      ssl: 'on',
      ssl_cert_file: join(folder, 'server.crt'),
      ssl_key_file: join(folder, 'server.key'),
      ssl_ca_file: join(folder, 'carol.crt'),
      password_encryption: 'scram-sha-256',
    },
    hba: [
      'hostssl all postgres 127.0.0.1/32 trust',
      'hostssl all carol 127.0.0.1/32 cert',
      'host all dave 127.0.0.1/32 scram-sha-256',
      'host setup postgres 127.0.0.1/32 trust',
    ],
  });
  await execute('CREATE DATABASE setup');
  await execute('CREATE ROLE carol LOGIN SUPERUSER');
  await execute(`CREATE ROLE dave LOGIN SUPERUSER PASSWORD '${SECRET}'`);
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function execute(text: string): Promise<Record<string, unknown>[]> {
  return query(`${server.url}?sslmode=no-verify`, text);
}

function urlOf(user: string, parameters: string, host = '127.0.0.1'): string {
  const url = `postgres://${user}@${host}:${String(server.port)}/postgres`;
  return parameters === '' ? url : `${url}?${parameters.replaceAll('$', `${folder}/`)}`;
}

describe('sslmode', () => {
  it.each([
    ['', "no encryption: where that is the reason, add 'sslmode=verify-full' to DATABASE_URL"],
    ['sslmode=disable', 'no encryption'],
    ['sslmode=require&sslrootcert=$carol.crt', 'self-signed certificate'],
    ['sslmode=verify-ca&sslrootcert=$carol.crt', 'self-signed certificate'],
    [
      'sslmode=verify-full',
      "self-signed certificate: name the file of the certificate's authority in 'sslrootcert'",
    ],
    ['sslmode=verify-full&sslrootcert=$carol.crt', 'self-signed certificate'],
    [
      'sslmode=verify-full&sslrootcert=$none.crt',
      "'sslrootcert' cannot be read: ENOENT: no such file or directory, open '",
    ],
    ['sslmode=verify-full&sslrootcert=$', "'sslrootcert' cannot be read: EISDIR"],
    ['sslmode=verify-full&sslrootcert=$text.crt', "'sslrootcert' is no file of PEM: "],
  ])("refuses a server with '%s'", async (parameters, reason) => {
    expect(await refusalOf(urlOf('postgres', parameters))).toContain(reason);
  });

  it.each([
    ['sslmode=require', '127.0.0.1'],
    ['sslmode=require', 'localhost'],
    ['sslmode=require&sslrootcert=$server.crt', 'localhost'],
    ['sslmode=verify-ca&sslrootcert=$server.crt', 'localhost'],
    ['sslmode=verify-full&sslrootcert=$server.crt', '127.0.0.1'],
  ])("encrypts with '%s' to %s", async (parameters, host) => {
    const dataSource = await open(urlOf('postgres', parameters, host));
    const encrypted = await dataSource.query<unknown[]>(
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    await dataSource.destroy();

    expect(encrypted).toEqual([{ ssl: true }]);
  });

  it('compares the name of the server with verify-full alone', async () => {
    const parameters = 'sslmode=verify-full&sslrootcert=$server.crt';

    expect(await refusalOf(urlOf('postgres', parameters, 'localhost'))).toMatch(
      /Hostname\/IP does not match .*: write the host as its certificate does, or 'sslmode=verify-ca'/,
    );
  });

  it.each([
    ['', 'connection requires a valid client certificate'],
    ['&sslcert=$carol.crt&sslkey=$server.key', 'key values mismatch'],
    ['&sslcert=$carol.crt&sslkey=$carol.key', ''],
  ])("shows the server a certificate with '%s'", async (parameters, reason) => {
    const refusal = await refusalOf(urlOf('carol', `sslmode=require${parameters}`));

    if (reason === '') expect(refusal).toBe('');
    else expect(refusal).toContain(reason);
  });
});

describe('the password', () => {
  afterEach(() => {
    delete process.env.PGPASSWORD;
    delete process.env.PGPASSFILE;
  });

  it.each([
    [
      'is missing',
      'dave',
      'the server asks for a password: add it to DATABASE_URL, or set PGPASSWORD',
    ],
    ['is another', 'dave:other', 'password authentication failed for user "dave"'],
  ])('is told of, and not waited for, where it %s', async (_what, user, reason) => {
    expect(await refusalOf(urlOf(user, ''))).toContain(reason);
  });

  it.each([
    ['the URL', `dave:${SECRET}`, () => undefined],
    [
      'PGPASSWORD',
      'dave',
      () => {
        process.env.PGPASSWORD = SECRET;
      },
    ],
    [
      'the file that PGPASSFILE names',
      'dave',
      () => {
        const file = join(folder, 'passwords');
        writeFileSync(file, `127.0.0.1:*:*:dave:${SECRET}\n`, { mode: 0o600 });
        process.env.PGPASSFILE = file;
      },
    ],
  ])('is taken from %s', async (_where, user, give) => {
    give();

    expect(await refusalOf(urlOf(user, ''))).toBe('');
  });
});

describe('a connection whose answer cannot be decrypted', () => {
  let isGarbled = false;
  let port: number;
  let proxy: Server;
  let store: UserStatusStore;

  beforeAll(async () => {
    proxy = createServer((near) => {
      const far = connect(server.port, '127.0.0.1');
      near.on('error', () => undefined).on('close', () => far.destroy());
      far.on('error', () => undefined).on('close', () => near.destroy());
      near.on('data', (data) => far.write(data));
      far.on('data', (data) => {
        if (isGarbled) data.fill(0, 8);
        isGarbled = false;
        near.write(data);
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    ({ port } = proxy.address() as AddressInfo);
    store = await UserStatusStore.open(
      urlOf('postgres', 'sslmode=require').replace(String(server.port), String(port)),
    );
    await store.insert(toRow('first'));
  });

  afterAll(async () => {
    await store.close();
    proxy.close();
  });

  it('is lost, and what became of the write is found out', async () => {
    isGarbled = true;

    expect(await store.insert(toRow('a'))).toMatchObject({ kind: 'written', isNew: true });
    expect(isGarbled).toBe(false);
  });

  it.each([['a'], ['first']])('is lost, and the row %s is read once more', async (id) => {
    isGarbled = true;

    expect(await store.find(id)).toMatchObject({ id });
  });
});
