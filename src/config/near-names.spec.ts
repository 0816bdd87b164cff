import { expect, it } from '@jest/globals';
import { instanceToPlain } from 'class-transformer';

import { parseConfig } from './config.js';
import { warnOfNearNames } from './near-names.js';

const KNOWN = Object.keys(instanceToPlain(parseConfig({}), { excludeExtraneousValues: true }));

it.each([
  ['PORTS', 'PORT'],
  ['Port', 'PORT'],
  ['port', 'PORT'],
  ['PROT', 'PORT'],
  ['HOSTS', 'HOST'],
  ['DATADIR', 'DATA_DIR'],
  ['data-dir', 'DATA_DIR'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['AUTH_AUDIENCES', 'AUTH_AUDIENCE'],
  ['AUTH_ISUER', 'AUTH_ISSUER'],
  ['AUTH_JWKS_URL', 'AUTH_JWKS_URI'],
  ['AUTH_JWKS', 'AUTH_JWKS_URI'],
  ['tlsCertFile', 'TLS_CERT_FILE'],
  ['TLS_CERT', 'TLS_CERT_FILE'],
  ['TLS_KEY_PATH', 'TLS_KEY_FILE'],
  ['ALLOWED_HOST', 'ALLOWED_HOSTS'],
  ['REQUEST_TIMEOUT_MS', 'REQUEST_TIMEOUT_SECONDS'],
  ['MAX_CONNECTION', 'MAX_CONNECTIONS'],
  ['LOGLEVEL', 'LOG_LEVEL'],
])('takes %s for a mistake, and names %s', (name, setting) => {
  expect(warnOfNearNames({ [name]: '1' }, KNOWN)).toEqual([
    `'${name}' is no setting and is not read: '${setting}' is one`,
  ]);
});

it.each([
  ...KNOWN,
  'HOSTNAME',
  'POST',
  'GHOST',
  'SORT',
  '_PORT',
  'AUTH_CLIENT_ID',
  'HOSTTYPE',
  'LOGNAME',
  'LOG_FORMAT',
  'XDG_DATA_DIRS',
  'NODE_ENV',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'TLS_VERSION',
  'PUBLIC_IP',
  'DATABASE_HOST',
  'DATABASE_PORT',
  'SSH_AUTH_SOCK',
  'MAX_OLD_SPACE',
  'npm_config_loglevel',
  'npm_package_config_port',
  'COMPOSE_PROJECT_NAME',
  // What Kubernetes sets for services that are called "auth", "docs" and "database".
  'AUTH_PORT',
  'AUTH_SERVICE_HOST',
  'AUTH_PORT_443_TCP_ADDR',
  'DOCS_SERVICE_PORT_HTTP',
  'DATABASE_SERVICE_HOST',
  'http_proxy',
  '_',
])('lets %s be', (name) => {
  expect(warnOfNearNames({ [name]: '1' }, KNOWN)).toEqual([]);
});

it('takes what is blank for absent', () => {
  expect(warnOfNearNames({ PORTS: ' ', Port: '', Docs: undefined }, KNOWN)).toEqual([]);
});
