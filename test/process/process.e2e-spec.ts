import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';

import { createCertificate } from '../support/certificate.js';
import { pause } from '../support/faults.js';
import { createToken, ROOT, SERVICE, start, startService } from '../support/run.js';
import { TOKEN } from '../support/services.js';
import { Sqlite } from '../support/sqlite.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

/** A start that must fail: its exit code and the one line it says. */
async function failStart(
  env: Record<string, string>,
): Promise<{ code: number | null; line: string; log: string }> {
  const service = start('node', SERVICE, { DATA_DIR: dataDir, PORT: '0', ...env });
  const timer = setTimeout(() => service.child.kill('SIGKILL'), 20_000);
  const { code, stderr, stdout } = await service.finished;
  clearTimeout(timer);
  expect(stderr).toMatch(/^user-statuses: [^\n]+\n$/);
  return { code, line: stderr.trim(), log: stdout };
}

describe('a start that cannot succeed', () => {
  it('names all faults of the configuration at once', async () => {
    const { code, line } = await failStart({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      AUTH_ISSUER: 'http://login.example',
      TLS_CERT_FILE: 'x.pem',
      DATABASE_URL: 'mysql://x',
      BODY_LIMIT_BYTES: '64KiB',
    });

    expect(code).toBe(1);
    for (const name of [
      'PORT',
      'LOG_LEVEL',
      'AUTH_ISSUER must be an https URL',
      'AUTH_ISSUER needs AUTH_AUDIENCE',
      'TLS_CERT_FILE needs TLS_KEY_FILE',
      'DATABASE_URL',
      'BODY_LIMIT_BYTES',
    ]) {
      expect(line).toContain(name);
    }
  });

  it.each(['0.0.0.0', '::', '192.168.1.1', 'example.com'])(
    'refuses the host %s in local mode, and says what to set',
    async (HOST) => {
      const { code, line } = await failStart({ HOST });

      expect(code).toBe(1);
      expect(line).toContain(`HOST '${HOST}'`);
      expect(line).toContain('AUTH_ISSUER and AUTH_AUDIENCE');
    },
  );

  it('refuses plain http off loopback, and names the three ways', async () => {
    const { code, line } = await failStart({
      HOST: '0.0.0.0',
      AUTH_ISSUER: 'https://login.example',
      AUTH_AUDIENCE: 'api',
    });

    expect(code).toBe(1);
    for (const name of ['TLS_CERT_FILE', 'PUBLIC_URL', 'ALLOW_HTTP=true']) {
      expect(line).toContain(name);
    }
  });

  it('says that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const port = String((other.address() as AddressInfo).port);
    const { code, line } = await failStart({ PORT: port });
    other.close();

    expect(code).toBe(1);
    expect(line).toContain(`127.0.0.1:${port}: the port is in use`);
  });

  it.each([
    ['no file', undefined],
    ['no PEM', 'hello'],
  ])('says that a TLS key is not usable: %s', async (_what, content) => {
    const { certFile, keyFile } = await createCertificate(dataDir);
    if (content === undefined) rmSync(keyFile);
    else writeFileSync(keyFile, content);
    const { code, line } = await failStart({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });

    expect(code).toBe(1);
    expect(line).toContain(`TLS_KEY_FILE '${keyFile}'`);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no key', '{}'],
    ['no private key', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'],
  ])('says that the signing key is not usable, and leaves it: %s', async (_what, content) => {
    const keyFile = join(dataDir, 'local-signing-key.json');
    writeFileSync(keyFile, content, { mode: 0o600 });
    const { code, line } = await failStart({});

    expect(code).toBe(1);
    expect(line).toContain(keyFile);
    expect(readFileSync(keyFile, 'utf8')).toBe(content);
  });

  it.each([
    ['DATA_DIR', '/proc/x', "the signing key '/proc/x/local-signing-key.json' cannot be made"],
    ['DATABASE_URL', 'sqlite:/proc/x/y.db', "the database '/proc/x/y.db' cannot be used"],
  ])('does not try for ever where there can be no folder: %s=%s', async (name, value, reason) => {
    const { code, line } = await failStart({ [name]: value });

    expect(code).toBe(1);
    expect(line).toContain(reason);
    expect(line).toContain("mkdir '/proc/x'");
    expect(line).toContain('set DATA_DIR');
  });

  it('names a HOST that has no address', async () => {
    const { code, line } = await failStart({
      HOST: 'nobody.invalid',
      ALLOW_HTTP: 'true',
      AUTH_ISSUER: 'https://login.example',
      AUTH_AUDIENCE: 'api',
    });

    expect(code).toBe(1);
    expect(line).toMatch(/cannot listen on 'nobody\.invalid': .* Set HOST\.$/);
  });

  it('says that the data folder cannot be made', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    const { code, line } = await failStart({ DATA_DIR: join(file, 'data') });

    expect(code).toBe(1);
    expect(line).toContain(file);
  });

  describe('for its database', () => {
    let file: string;

    beforeEach(() => {
      file = join(dataDir, 'user-statuses.db');
    });

    async function failOn(reason: RegExp): Promise<void> {
      const before = readFileSync(file);
      const { code, line, log } = await failStart({});

      expect(code).toBe(1);
      expect(line).toContain(`the database '${file}' cannot be used: `);
      expect(line).toMatch(reason);
      // It is not tried again, and nothing says so.
      expect(log).not.toMatch(/retrying/i);
      expect(readFileSync(file).equals(before)).toBe(true);
    }

    it('says that it is no database', async () => {
      writeFileSync(file, 'This is not a database. '.repeat(1000));
      await failOn(/not a database/);
    });

    it('says that it is corrupt', async () => {
      const service = await startService({ DATA_DIR: dataDir });
      service.child.kill('SIGTERM');
      await service.finished;
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, Buffer.alloc(4096 - 100, 0xff), 0, 4096 - 100, 100);
      closeSync(descriptor);
      await failOn(/malformed|corrupt/);
    });

    it('says that it is read-only', async () => {
      const service = await startService({ DATA_DIR: dataDir });
      service.child.kill('SIGTERM');
      await service.finished;
      // The write version of the file format: with 3, SQLite must not write to it, whoever asks (fileformat2, 1.3.3).
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, Buffer.from([3]), 0, 1, 18);
      closeSync(descriptor);
      await failOn(/readonly/);
    });

    it('says that it belongs to another application', async () => {
      const other = new Sqlite(file);
      other.exec('CREATE TABLE notes (text TEXT)');
      other.close();
      await failOn(/another application/);
    });

    it('says that it is a folder', async () => {
      mkdirSync(file);
      const { code, line } = await failStart({});

      expect(code).toBe(1);
      expect(line).toContain(file);
    });
  });
});

describe('the environment', () => {
  it('is read from .env too, and wins over it', async () => {
    writeFileSync(join(dataDir, '.env'), 'PORT=70000\nLOG_LEVEL=loud\n');
    const service = start(
      'node',
      [join(ROOT, 'dist/bundle/main.js')],
      { LOG_LEVEL: 'info' },
      dataDir,
    );
    const { stderr, code } = await service.finished;

    expect(code).toBe(1);
    expect(stderr).toContain('PORT must be');
    expect(stderr).not.toContain('LOG_LEVEL');
  });
});

describe('.env', () => {
  const BUNDLE = join(ROOT, 'dist/bundle/main.js');

  it('may have a byte order mark, and what in it is certainly a mistake is a warning', async () => {
    writeFileSync(
      join(dataDir, '.env'),
      '\ufeffDATA_DIR=own\r\nLOG LEVEL=debug\r\nDOCS=false\r\nRATE_LIMITS=graph\r\n',
    );
    const env = { Port: '1', PORTS: '', LOGNAME: 'x' };
    const service = await startService(env, dataDir, [BUNDLE]);
    const docs = await fetch(`${service.url}/docs`);
    service.child.kill('SIGTERM');
    const { stdout } = await service.finished;
    const lines = stdout.trim().split('\n');
    const warnings = lines
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level }) => level === 40)
      .map(({ msg }) => msg);

    expect(existsSync(join(dataDir, 'own/user-statuses.db'))).toBe(true);
    expect(docs.status).toBe(404);
    expect(warnings.sort()).toEqual([
      "'Port' is no setting and is not read: 'PORT' is one",
      "'RATE_LIMITS' is no setting and is not read: 'RATE_LIMIT' is one",
      'line 2 of .env is no setting: write NAME=value, with quotes that are closed, or # in front of it',
    ]);
  });

  it.each([
    ['UTF-16', '.env is UTF-16: save it as UTF-8', Buffer.from('\ufeffDOCS=true', 'utf16le')],
    ['NUL bytes', '.env holds NUL bytes', Buffer.from('DOCS=true\n\0')],
  ])('is refused with %s in it', async (_what, reason, bytes) => {
    writeFileSync(join(dataDir, '.env'), bytes);
    const service = start('node', [BUNDLE], { PORT: '-1', DATA_DIR: dataDir }, dataDir);
    const { code, stderr } = await service.finished;

    expect(code).toBe(1);
    expect(stderr).toContain(`user-statuses: ${reason}`);
  });

  it('is no less looked at by npm run token', async () => {
    writeFileSync(join(dataDir, '.env'), 'DATA_DIRS=elsewhere\n');
    const token = start('node', [join(ROOT, 'dist/bundle/token.js')], {}, dataDir);
    const { code, stderr } = await token.finished;

    expect(code).toBe(0);
    expect(stderr).toContain(
      "token: 'DATA_DIRS' is no setting and is not read: 'DATA_DIR' is one\n",
    );
  });

  it('that misnames a setting which is missed is part of the refusal', async () => {
    writeFileSync(join(dataDir, '.env'), 'AUTH_ISSUER=https://a.example\nAUTH_AUDIENCES=x\n');
    const { stderr } = await start('node', [BUNDLE], {}, dataDir).finished;

    expect(stderr).toContain('AUTH_ISSUER needs AUTH_AUDIENCE beside it; ');
    expect(stderr).toContain("'AUTH_AUDIENCES' is no setting and is not read: 'AUTH_AUDIENCE' is");
  });
});

describe('npm run token', () => {
  it('prints a token that may write, for an hour', async () => {
    const claims = decodeJwt(await createToken(dataDir));

    expect(claims).toMatchObject({
      sub: 'local-user',
      roles: [
        'DeviceManagementConfiguration.Read.All',
        'DeviceManagementConfiguration.ReadWrite.All',
      ],
    });
    expect(claims.exp! - claims.iat!).toBe(3600);
  });

  it('prints one that may only read, with a lifetime and a subject', async () => {
    const options = ['--read-only', '--lifetime', '60', '--subject', 'ALEX'];
    const claims = decodeJwt(await createToken(dataDir, ...options));

    expect(claims).toMatchObject({
      sub: 'ALEX',
      roles: ['DeviceManagementConfiguration.Read.All'],
    });
    expect(claims.exp! - claims.iat!).toBe(60);
  });

  it.each([
    [['--lifetime', '0'], '--lifetime'],
    [['--lifetime', '1h'], '--lifetime'],
    [['--forever'], '--forever'],
    [['x'], 'x'],
  ])('refuses %j and shows its usage', async (options, named) => {
    const refusal = createToken(dataDir, ...options);

    await expect(refusal).rejects.toThrow(named);
    await expect(refusal).rejects.toThrow('Usage: npm run -s token');
  });

  it('says whose tokens are accepted where there is an issuer', async () => {
    const env = { DATA_DIR: dataDir, AUTH_ISSUER: 'https://login.example', AUTH_AUDIENCE: 'x' };
    const { code, stderr } = await start('node', ['dist/bundle/token.js'], env).finished;

    expect(code).toBe(1);
    expect(stderr).toContain('https://login.example');
  });

  it('makes the key once, for its owner alone, also when several ask at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 4 }, () => createToken(dataDir)));
    const service = await startService({ DATA_DIR: dataDir });
    const statuses = await Promise.all(
      tokens.map(async (token) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const body = JSON.stringify(userStatus());
        return (await fetch(service.url + COLLECTION, { method: 'POST', headers, body })).status;
      }),
    );
    service.child.kill('SIGTERM');
    await service.finished;

    expect(statuses).toEqual([201, 201, 201, 201]);
    expect(statSync(join(dataDir, 'local-signing-key.json')).mode & 0o777).toBe(0o600);
  });

  it('is of no use to another service', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const other = mkdtempSync(join(tmpdir(), 'user-statuses-'));
    const headers = { authorization: `Bearer ${await createToken(other)}` };
    const { status } = await fetch(`${service.url}${COLLECTION}/x`, { headers });
    service.child.kill('SIGTERM');
    await service.finished;
    rmSync(other, { recursive: true });

    expect(status).toBe(401);
  });
});

describe('health', () => {
  it('is live and ready, without a token', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const answers = await Promise.all(
      ['live', 'ready'].map(async (name) => {
        const response = await fetch(`${service.url}/health/${name}`);
        return [response.status, await response.json()];
      }),
    );
    service.child.kill('SIGTERM');
    await service.finished;

    expect(answers).toEqual([
      [200, { status: 'live' }],
      [200, { status: 'ready' }],
    ]);
  });
});

/** One that is in flight for as long as it may be. */
async function sendHalfARequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(`POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return socket;
}

describe('SIGTERM', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends an idle service at once: %s', async (signal) => {
    const service = await startService({ DATA_DIR: dataDir });
    const startedAt = Date.now();
    service.child.kill(signal);
    const { code, stderr } = await service.finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Date.now() - startedAt).toBeLessThan(5000);
    // The last connection to a file that was closed properly takes the log away.
    expect(
      statSync(join(dataDir, 'user-statuses.db-wal'), { throwIfNoEntry: false }),
    ).toBeUndefined();
  });

  it.each([
    ['a connection that never says a word', false],
    ['a TLS handshake that never ends', true],
  ])('is not held up by %s', async (_what, isTls) => {
    const tls = isTls ? (await createCertificate(dataDir)).env : {};
    const service = await startService({ DATA_DIR: dataDir, ...tls });
    const { hostname, port } = new URL(service.url);
    const silent = connect(Number(port), hostname);
    await new Promise((resolve) => silent.once('connect', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const startedAt = Date.now();
    service.child.kill('SIGTERM');
    const { code } = await service.finished;
    silent.destroy();

    expect(code).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    expect(
      statSync(join(dataDir, 'user-statuses.db-wal'), { throwIfNoEntry: false }),
    ).toBeUndefined();
  });

  it('finishes what is in flight, and refuses what is new', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const { hostname, port } = new URL(service.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = JSON.stringify(userStatus({ id: 'ALEX' }));

    // Half a request is in flight; the rest comes after the signal.
    const slow = connect(Number(port), hostname);
    let answer = '';
    slow.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    slow.write(
      `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body.slice(0, 20)}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    service.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const refused = await new Promise((resolve) => {
      const probe = request({ hostname, port, agent, path: '/health/live' }, (response) => {
        resolve(response.statusCode);
      });
      probe.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code);
      });
      probe.end();
    });
    // Behind it comes another, which the service must not take any more: nobody would be told.
    const late = JSON.stringify(userStatus({ id: 'LATE' }));
    slow.write(
      `${body.slice(20)}POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${String(Buffer.byteLength(late))}\r\n\r\n${late}`,
    );
    await new Promise((resolve) => slow.on('close', resolve));
    const { code } = await service.finished;
    agent.destroy();

    const database = new Sqlite(join(dataDir, 'user-statuses.db'), { readonly: true });
    const stored = database.prepare('SELECT id FROM user_status').pluck().all();
    database.close();

    expect(stored).toEqual(['ALEX']);
    expect(refused).toBe('ECONNREFUSED');
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created/);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(code).toBe(0);
  });

  it('takes signals within a second for one, and ends at the next', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const stuck = await sendHalfARequest(service.url);
    service.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    service.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 550));
    service.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const codeThen = service.child.exitCode;
    service.child.kill('SIGINT');
    const { code } = await service.finished;
    stuck.destroy();

    expect([codeThen, code]).toEqual([null, 1]);
  });

  it('takes a signal that it hears late for what it was when it came', async () => {
    const busy = `data:text/javascript,process.once('SIGTERM', () => {
      const word = new Int32Array(new SharedArrayBuffer(4));
      process.nextTick(() => Atomics.wait(word, 0, 0, 1500));
    })`;
    const program = ['--import', busy, ...SERVICE];
    const service = await startService({ DATA_DIR: dataDir }, ROOT, program);
    service.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    service.child.kill('SIGTERM');
    const { code } = await service.finished;

    expect(code).toBe(0);
  });

  it('ends npm start in order, too', async () => {
    const env = { DATA_DIR: dataDir, PORT: '0' };
    const npm = start('npm', ['start', '--ignore-scripts'], env);
    while (!npm.stdout().includes('listening at')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    npm.child.kill('SIGTERM');
    const { code } = await npm.finished;

    expect(code).toBe(0);
    expect(existsSync(join(dataDir, 'user-statuses.db-wal'))).toBe(false);
  });

  it('does not wait for ever for a sender that has stopped', async () => {
    const service = await startService({ DATA_DIR: dataDir });
    const stuck = await sendHalfARequest(service.url);
    const startedAt = Date.now();
    service.child.kill('SIGTERM');
    const { code } = await service.finished;
    stuck.destroy();

    expect(code).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('a stop during the start ends it with 0, and with nothing half done', () => {
  it('at the first moment that a signal is heard', async () => {
    const early = `data:text/javascript,process.on('newListener', (name) => {
      if (name === 'SIGTERM') process.nextTick(() => process.kill(process.pid, 'SIGTERM'));
    })`;
    const program = ['--import', early, ...SERVICE];
    const { finished } = start('node', program, { DATA_DIR: dataDir, PORT: '0' });
    const { code, signal, stderr } = await finished;

    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it.each([
    ['that is there', true],
    ['that is new', false],
  ])('while another process has locked the database, one %s', async (_which, isThere) => {
    if (isThere) {
      const before = await startService({ DATA_DIR: dataDir });
      before.child.kill('SIGTERM');
      await before.finished;
    }
    const file = join(dataDir, 'user-statuses.db');
    const other = new Sqlite(file);
    other.exec('BEGIN EXCLUSIVE');
    const env = { DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'debug' };
    const service = start('node', SERVICE, env);
    while (!service.stdout().includes('Starting Nest application')) await pause(20);
    await pause(200);
    service.child.kill('SIGTERM');
    const { code, signal, stdout, stderr } = await service.finished;
    other.exec('ROLLBACK');
    other.close();

    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(stdout).not.toContain('"level":50');
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it.each(['TypeOrmModule dependencies initialized', 'OperationsModule dependencies initialized'])(
    'at "%s"',
    async (message) => {
      const service = start('node', SERVICE, {
        DATA_DIR: dataDir,
        PORT: '0',
        LOG_LEVEL: 'debug',
      });
      while (!service.stdout().includes(message)) await pause(1);
      service.child.kill('SIGTERM');
      const { code, signal, stderr } = await service.finished;

      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      expect(existsSync(join(dataDir, 'user-statuses.db-wal'))).toBe(false);
    },
  );
});
