import { describe, expect, it } from '@jest/globals';

import { parseConfig } from './config.js';

const OPENID = { AUTH_ISSUER: 'https://login.example/', AUTH_AUDIENCE: 'api' };
const OFF_LOOPBACK = { ...OPENID, HOST: '0.0.0.0' };
const HOSTS_RULE =
  "it is a list of host names with commas between them, such as 'graph.example.com," +
  "*.example.net', without ports";

describe('parseConfig', () => {
  it('needs nothing', () => {
    expect(parseConfig({ PORT: ' ', AUTH_ISSUER: '' })).toEqual(parseConfig({}));
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      database: { engine: 'sqlite', file: 'data/user-statuses.db' },
      auth: { mode: 'local', keyFile: 'data/local-signing-key.json' },
    });
  });

  it.each([
    [
      { ...OFF_LOOPBACK, ALLOW_HTTP: 'true' },
      { host: '0.0.0.0', auth: { issuer: 'https://login.example/' } },
    ],
    [{ ...OFF_LOOPBACK, PUBLIC_URL: 'https://graph.example' }, { host: '0.0.0.0' }],
    [{ ...OFF_LOOPBACK, TLS_CERT_FILE: 'c', TLS_KEY_FILE: 'k' }, { host: '0.0.0.0' }],
    [
      { ...OPENID, ALLOWED_HOSTS: ' Graph.example, *.b.example,[::1],10.0.0.1 ' },
      { allowedHosts: ['graph.example', '*.b.example', '[::1]', '10.0.0.1'] },
    ],
    [{ ...OPENID }, { allowedHosts: undefined }],
    [{}, { allowedHosts: [] }],
    [{ PUBLIC_URL: 'https://Graph.example:8443/x' }, { allowedHosts: ['graph.example'] }],
    [
      { ...OPENID, ALLOWED_HOSTS: 'a.example', PUBLIC_URL: 'https://b.example' },
      { allowedHosts: ['a.example', 'b.example'] },
    ],
    [{}, { corsOrigins: [] }],
    [{ CORS_ORIGINS: '*' }, { corsOrigins: ['*'] }],
    [
      { CORS_ORIGINS: ' https://Portal.example, http://localhost:8080,app://x' },
      { corsOrigins: ['https://portal.example', 'http://localhost:8080', 'app://x'] },
    ],
    [{ RATE_LIMIT: 'off' }, { rateLimit: undefined }],
    [{ RATE_LIMIT: 'graph' }, { rateLimit: { writes: 100, requests: 1000, seconds: 20 } }],
    [{ RATE_LIMIT: '500/5000/20' }, { rateLimit: { writes: 500, requests: 5000, seconds: 20 } }],
    [{ HOST: '::1' }, { host: '::1' }],
    [{ HOST: '[::1]' }, { host: '::1' }],
    [{ HOST: 'localhost' }, { host: '127.0.0.1' }],
    [{ HOST: '127.1.2.3' }, { host: '127.1.2.3' }],
    [{ PUBLIC_URL: 'https://a.example/b//' }, { publicUrl: 'https://a.example/b' }],
    [{ DATA_DIR: '/x' }, { database: { engine: 'sqlite', file: '/x/user-statuses.db' } }],
    [{ DATABASE_URL: 'sqlite:/y/z.db' }, { database: { engine: 'sqlite', file: '/y/z.db' } }],
    [
      { DATABASE_URL: 'sqlite:/y/z.db', DATA_DIR: '/x?' },
      { database: { engine: 'sqlite', file: '/y/z.db' } },
    ],
    [{ DATABASE_URL: 'sqlite:y/z.db' }, { database: { engine: 'sqlite', file: 'y/z.db' } }],
    [{ DATABASE_URL: 'sqlite:///y/z.db' }, { database: { engine: 'sqlite', file: '///y/z.db' } }],
    [{ DATA_DIR: '/x~' }, { database: { engine: 'sqlite', file: '/x~/user-statuses.db' } }],
    [{}, { keepAliveMs: 72_000, drainDelayMs: 0 }],
    [{ KEEP_ALIVE_SECONDS: '3600' }, { keepAliveMs: 3_600_000 }],
    [{ DRAIN_DELAY_SECONDS: '3600' }, { drainDelayMs: 3_600_000 }],
    [{ REQUEST_TIMEOUT_SECONDS: '3600' }, { requestTimeoutMs: 3_600_000 }],
    [
      { port: '1', host: '::1', auth: 'x' },
      { port: 3000, host: '127.0.0.1', auth: {} },
    ],
    [
      { AUTH_ISSUER: 'http://localhost:8080/realms/x', AUTH_AUDIENCE: 'api' },
      {
        auth: {
          mode: 'openid',
          audiences: ['api'],
          clientIdClaim: undefined,
          permissionClaims: [],
          jwksUri: undefined,
        },
      },
    ],
    [
      { ...OPENID, AUTH_AUDIENCE: ' api://x , 3f2b,' },
      { auth: { audiences: ['api://x', '3f2b'] } },
    ],
    [
      { ...OPENID, AUTH_JWKS_URI: 'https://login.example/keys?appid=x&p=y' },
      { auth: { jwksUri: new URL('https://login.example/keys?appid=x&p=y') } },
    ],
    [
      {
        ...OPENID,
        AUTH_CLIENT_ID_CLAIM: 'client_id',
        AUTH_PERMISSION_CLAIMS: 'realm_access.roles, https://example.com/roles,cognito:groups',
      },
      {
        auth: {
          clientIdClaim: 'client_id',
          permissionClaims: ['realm_access.roles', 'https://example.com/roles', 'cognito:groups'],
        },
      },
    ],
  ])('takes %j', (env, expected) => {
    expect(parseConfig(env)).toMatchObject(expected);
  });

  it.each([
    [{ PORT: '-1' }, 'PORT must be an integer from 0 to 65535'],
    [{ PORT: '1e3' }, 'PORT must be'],
    [{ PORT: '3000.0' }, 'PORT must be'],
    [{ DOCS: 'no' }, "DOCS must be 'true' or 'false'"],
    [{ LOG_LEVEL: 'INFO' }, 'LOG_LEVEL must be one of'],
    [{ PUBLIC_URL: 'ftp://a.example' }, 'PUBLIC_URL must be'],
    [{ PUBLIC_URL: 'a.example' }, 'PUBLIC_URL must be'],
    [{ PUBLIC_URL: 'https://a.example/?x=1' }, 'PUBLIC_URL must be'],
    [{ PUBLIC_URL: 'https://user:secret@a.example' }, 'PUBLIC_URL must be'],
    [{ DATABASE_URL: 'sqlite::memory:' }, 'DATABASE_URL must be'],
    [{ DATABASE_URL: 'sqlite:' }, 'DATABASE_URL must be'],
    [{ DATABASE_URL: './x.db' }, 'DATABASE_URL must be'],
    [{ DATABASE_URL: 'sqlite://rel/x.db' }, "write 'sqlite:rel/x.db' for"],
    [{ DATABASE_URL: 'sqlite://rel/x.db' }, "or 'sqlite:///rel/x.db' for"],
    [{ DATABASE_URL: 'sqlite://x.db' }, "write 'sqlite:x.db' for"],
    [{ DATABASE_URL: 'sqlite:~/x.db' }, "DATABASE_URL 'sqlite:~/x.db' begins with '~'"],
    [{ DATA_DIR: '~/data' }, "DATA_DIR '~/data' begins with '~'"],
    [{ DATA_DIR: '~' }, "DATA_DIR '~' begins with '~'"],
    [{ KEEP_ALIVE_SECONDS: '0' }, 'KEEP_ALIVE_SECONDS must be an integer from 1 to 3600'],
    [{ DRAIN_DELAY_SECONDS: '5s' }, 'DRAIN_DELAY_SECONDS must be an integer from 0 to 3600'],
    [
      { ...OPENID, AUTH_AUDIENCE: '', AUTH_AUDIENCES: 'a,b' },
      "'AUTH_AUDIENCES' is no setting and is not read: 'AUTH_AUDIENCE' is one",
    ],
    [{ DATA_DIR: '/x?' }, "DATA_DIR '/x?' has a '?'"],
    [{ AUTH_ISSUER: 'https://login.example' }, 'AUTH_ISSUER needs AUTH_AUDIENCE'],
    [{ AUTH_AUDIENCE: 'api' }, 'AUTH_AUDIENCE needs AUTH_ISSUER'],
    [{ AUTH_JWKS_URI: 'https://login.example/keys' }, 'AUTH_JWKS_URI needs AUTH_ISSUER'],
    [{ ...OPENID, AUTH_ISSUER: 'http://login.example' }, 'AUTH_ISSUER must be an https URL'],
    [{ ...OPENID, AUTH_ISSUER: 'http://localhost.example' }, 'AUTH_ISSUER must be an https URL'],
    [
      { ...OPENID, AUTH_JWKS_URI: 'http://login.example/keys' },
      'AUTH_JWKS_URI must be an https URL',
    ],
    [{ ...OPENID, AUTH_JWKS_URI: 'file:///keys' }, 'AUTH_JWKS_URI must be'],
    [{ ...OPENID, AUTH_JWKS_URI: 'https://login.example/keys#x' }, 'AUTH_JWKS_URI must be'],
    [{ ...OPENID, AUTH_JWKS_URI: 'http://login.example/?p=x' }, 'AUTH_JWKS_URI must be an https'],
    [{ ...OPENID, AUTH_ISSUER: 'https://login.example/?p=x' }, 'AUTH_ISSUER must be'],
    [{ ...OPENID, AUTH_AUDIENCE: ' , ' }, 'AUTH_AUDIENCE must name one audience at least'],
    [{ ...OPENID, AUTH_CLIENT_ID_CLAIM: 'client id' }, 'AUTH_CLIENT_ID_CLAIM must be the name'],
    [{ AUTH_CLIENT_ID_CLAIM: 'client_id' }, 'AUTH_CLIENT_ID_CLAIM needs AUTH_ISSUER'],
    [{ ...OPENID, AUTH_PERMISSION_CLAIMS: `a,it's` }, 'AUTH_PERMISSION_CLAIMS must be a list'],
    [{ ...OPENID, AUTH_PERMISSION_CLAIMS: 'a,b c' }, 'AUTH_PERMISSION_CLAIMS must be a list'],
    [{ ...OPENID, AUTH_PERMISSION_CLAIMS: 'a'.repeat(257) }, 'AUTH_PERMISSION_CLAIMS must be'],
    [{ ...OPENID, AUTH_PERMISSION_CLAIMS: 'a,'.repeat(17) }, 'at most 16 claims'],
    [{ AUTH_PERMISSION_CLAIMS: 'groups' }, 'AUTH_PERMISSION_CLAIMS needs AUTH_ISSUER'],
    [{ HOST: '127.0.0.1.example' }, "HOST '127.0.0.1.example' is not loopback"],
    [{ RATE_LIMIT: 'on' }, "RATE_LIMIT must be 'off', 'graph'"],
    [{ RATE_LIMIT: '1/2' }, 'RATE_LIMIT must be'],
    [{ RATE_LIMIT: '0/2/3' }, 'RATE_LIMIT must be'],
    [{ RATE_LIMIT: '1/2/3/4' }, 'RATE_LIMIT must be'],
    [{ RATE_LIMIT: '-1/2/3' }, 'RATE_LIMIT must be'],
    [OFF_LOOPBACK, "HOST '0.0.0.0' is not loopback, and http there is open to whoever listens"],
    [OFF_LOOPBACK, 'set TLS_CERT_FILE and TLS_KEY_FILE'],
    [OFF_LOOPBACK, 'PUBLIC_URL to the https URL'],
    [OFF_LOOPBACK, 'ALLOW_HTTP=true'],
    [{ ...OFF_LOOPBACK, PUBLIC_URL: 'http://a.example' }, 'ALLOW_HTTP=true'],
    [{ ...OFF_LOOPBACK, ALLOW_HTTP: '1' }, "ALLOW_HTTP must be 'true' or 'false'"],
    [{ ALLOWED_HOSTS: 'a.example:80' }, "ALLOWED_HOSTS must not hold 'a.example:80'"],
    [{ ALLOWED_HOSTS: 'https://a.example' }, 'ALLOWED_HOSTS must not hold'],
    [{ ALLOWED_HOSTS: '*' }, 'ALLOWED_HOSTS must not hold'],
    [{ ALLOWED_HOSTS: 'a.*.example' }, 'ALLOWED_HOSTS must not hold'],
    [{ ALLOWED_HOSTS: 'a..example' }, 'ALLOWED_HOSTS must not hold'],
    [{ CORS_ORIGINS: 'https://a.example/' }, "write 'https://a.example'"],
    [{ CORS_ORIGINS: 'https://a.example/app?x#y' }, "write 'https://a.example'"],
    [{ CORS_ORIGINS: 'https://a.example:443' }, "write 'https://a.example'"],
    [{ CORS_ORIGINS: 'https://me@a.example:8443' }, "write 'https://a.example:8443'"],
    [{ CORS_ORIGINS: 'a.example' }, "write 'https://a.example'"],
    [{ CORS_ORIGINS: 'localhost:8080' }, "write 'https://localhost:8080'"],
    [{ CORS_ORIGINS: 'https://*.example' }, "each in full, such as 'https://portal.example.com'"],
    [{ CORS_ORIGINS: '*.example' }, 'each in full'],
    [{ CORS_ORIGINS: 'null' }, "must not hold 'null': it is a list of origins, each in full"],
    [{ CORS_ORIGINS: 'https://' }, 'each in full'],
    [{ CORS_ORIGINS: 'https://a b' }, 'each in full'],
    [{ CORS_ORIGINS: '*,https://a.example' }, "CORS_ORIGINS must not hold '*': it is for any"],
    [{ TLS_KEY_FILE: 'x' }, 'TLS_KEY_FILE needs TLS_CERT_FILE'],
  ])('refuses %j', (env, problem) => {
    expect(() => parseConfig(env)).toThrow(problem);
  });

  it.each([
    [{ PORT: 'x' }, ['PORT must be an integer from 0 to 65535']],
    [
      { HOST: '0.0.0.0' },
      [
        "HOST '0.0.0.0' is not loopback, and in local mode the service listens on loopback only: " +
          'set AUTH_ISSUER and AUTH_AUDIENCE to the OpenID Connect issuer whose tokens it shall ' +
          'accept',
      ],
    ],
    [
      { AUTH_ISSUER: 'http://login.example', DOCS: 'no', ALLOWED_HOSTS: 'a b,c,d:1' },
      [
        `ALLOWED_HOSTS must not hold 'a b': ${HOSTS_RULE}`,
        `ALLOWED_HOSTS must not hold 'd:1': ${HOSTS_RULE}`,
        "DOCS must be 'true' or 'false'",
        'AUTH_ISSUER needs AUTH_AUDIENCE beside it',
        'AUTH_ISSUER must be an https URL (http is for loopback only)',
      ],
    ],
  ])('names each fault of %j, once', (env, problems) => {
    expect(() => parseConfig(env)).toThrow(
      new Error(`invalid configuration: ${problems.join('; ')}`),
    );
  });
});
