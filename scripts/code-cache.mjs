/**
 * Runs the bundle once, in a folder of its own, and keeps what V8 compiled of it for the next
 * starts.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { CODE_CACHE_FILE, compileBundle, runBundle } from '../dist/src/bundle.js';

const DEADLINE_MS = 30_000;

const TOKEN_PROGRAM = fileURLToPath(new URL('../dist/src/cli/token.js', import.meta.url));

const STATUS = {
  id: 'alex',
  userDisplayName: 'User Display Name value',
  userPrincipalName: 'User Principal Name value',
  devicesCount: 12,
  status: 'notApplicable',
  lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
};

async function findFreePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilReady(url) {
  for (const start = Date.now(); Date.now() - start < DEADLINE_MS; await setTimeout(20)) {
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
  }
  throw new Error('the service does not answer');
}

/** What is compiled is what has been called, so the requests that most begin with are made. */
async function makeRequests(url, token) {
  const statuses = `${url}/v1.0/deviceManagement/deviceConfigurations/wifi/userStatuses`;
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const requests = [
    [statuses, { method: 'POST', headers, body: JSON.stringify(STATUS) }],
    [`${statuses}/alex`, { headers }],
    [`${statuses}?$count=true&$filter=status eq 'error'`, { headers }],
  ];
  for (const [address, request] of requests) {
    const { ok, status } = await fetch(address, request);
    if (!ok) throw new Error(`${address} answered ${status}`);
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
process.on('exit', () => {
  process.chdir(tmpdir());
  rmSync(dataDir, { recursive: true });
});

const port = await findFreePort();
// Neither the environment nor an .env file of a service has a say in this one.
process.chdir(dataDir);
process.env = { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'silent' };
const script = compileBundle();
runBundle(script);

const url = `http://127.0.0.1:${port}`;
await waitUntilReady(url);
await makeRequests(
  url,
  execFileSync(process.execPath, [TOKEN_PROGRAM], { encoding: 'utf8' }).trim(),
);
writeFileSync(CODE_CACHE_FILE, script.createCachedData());
// The service keeps its files to itself; this one is for whoever runs it.
chmodSync(CODE_CACHE_FILE, 0o644);
process.emit('SIGTERM');
