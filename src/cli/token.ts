/** `npm run token`: prints a token that the service accepts in local mode. */
import { parseArgs } from 'node:util';

import { LocalIssuer } from '../auth/local-issuer.js';
import { READ, READ_WRITE, type Permission } from '../auth/permissions.js';
import { loadConfig } from '../config/config.js';

const USAGE = `Usage: npm run -s token -- [--read-only] [--lifetime SECONDS] [--subject NAME]

  --read-only         a token that may read and not write
  --lifetime SECONDS  how long it is good for (1 to 31536000, default 3600)
  --subject NAME      whom it names (default 'local-user')

It is signed with the key in the data folder (DATA_DIR, default ./data): a service that uses
another folder does not take it.`;

const MAX_LIFETIME_SECONDS = 31_536_000;

async function printToken(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'read-only': { type: 'boolean', default: false },
      lifetime: { type: 'string', default: '3600' },
      subject: { type: 'string', default: 'local-user' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const lifetimeSeconds = /^\d{1,8}$/.test(values.lifetime) ? Number(values.lifetime) : 0;
  if (lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
    throw new Error(`--lifetime must be an integer from 1 to ${String(MAX_LIFETIME_SECONDS)}`);
  }
  const { auth, warnings } = loadConfig();
  for (const warning of warnings) process.stderr.write(`token: ${warning}\n`);
  if (auth.mode !== 'local') {
    throw new Error(`tokens come from '${auth.issuer}' (AUTH_ISSUER): ask that issuer for one`);
  }
  const issuer = await LocalIssuer.open(auth.keyFile);
  if (issuer.isKeyNew) tellOfNewKey(issuer.folder);
  const permissions: Permission[] = values['read-only'] ? [READ] : [READ, READ_WRITE];
  const token = await issuer.sign({ permissions, subject: values.subject, lifetimeSeconds });
  process.stdout.write(`${token}\n`);
}

/** Run in another folder than the service, this is the reason why the token will be refused. */
function tellOfNewKey(folder: string): void {
  process.stderr.write(
    `token: the folder '${folder}' had no signing key, so one was made there. Only a service ` +
      'with this data folder takes the token: for another, set DATA_DIR to its folder.\n',
  );
}

// The data folder may be made here; it is nobody else's.
process.umask(0o077);

try {
  await printToken();
} catch (error) {
  process.stderr.write(`token: ${(error as Error).message}\n${USAGE}\n`);
  process.exitCode = 1;
}
