import { describe, expect, it } from '@jest/globals';

import { parseConfig } from './config.js';
import { parsePostgresUrl } from './postgres-url.js';

const LOCAL = { host: 'localhost', port: 5432 };
const SECRET = 'hunter2';

function refusalOf(url: string): string {
  try {
    parseConfig({ DATABASE_URL: url });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('parsePostgresUrl', () => {
  it.each([
    ['postgres:', 'must be'],
    ['postgres://', 'names no database'],
    [`postgres://u:${SECRET}@h`, "names no database: end it with '/<database>'"],
    [`postgres://u:${SECRET}@h/`, 'names no database'],
    [`postgres://u:${SECRET}@h/a/b`, 'must be'],
    [`postgres://u:${SECRET}/x@h/d`, "'%40', '%3A', '%2F', '%3F', '%23' and '%25'"],
    [`postgres://u:${SECRET}?x@h/d`, "'%40'"],
    [`postgres://u:${SECRET}#x@h/d`, "'%40'"],
    [`postgres://u:${SECRET}@x@h/d`, "'%40'"],
    [`postgres://u:x/${SECRET}@h`, "'%40'"],
    [`postgres://u:x/${SECRET}?y@h/d`, "'%40'"],
    [`postgres://u:${SECRET}:x@h/d`, "has a ':' in its password: write it as '%3A'"],
    [`postgres://u:${SECRET}%@h/d`, "has a '%' that begins no code: write '%25' for it"],
    [`postgres://u:${SECRET}@h:0/d`, "must not name the host 'h:0'"],
    [`postgres://u:${SECRET}@h:65536/d`, "must not name the host 'h:65536'"],
    [`postgres://u:${SECRET}@h:x/d`, "must not name the host 'h:x'"],
    [`postgres://u:${SECRET}@::1/d`, "an address of IPv6 as '[::1]'"],
    [`postgres://u:${SECRET}@h:$value/d`, "must not name the host 'h:?value'"],
    [`postgres://u:${SECRET}@h/d?sslmod=x`, "has the parameter 'sslmod', which is not known"],
    [`postgres://u:${SECRET}@h/d?pgbouncer=true`, 'it may have application_name, host, options'],
    [`postgres://u:${SECRET}@h/d?$value=1`, "has the parameter '?value'"],
    [`postgres://u:${SECRET}@h/d?options=a&options=b`, "has the parameter 'options' twice"],
    [`postgres://u:${SECRET}@h/d?sslmode=prefer`, "has 'sslmode=prefer': it may be disable"],
    [`postgres://u:${SECRET}@h/d?sslmode=verify-ca`, "and no 'sslrootcert'"],
    [`postgres://u:${SECRET}@h/d?sslrootcert=ca.pem`, "has 'sslrootcert' and no TLS"],
    [`postgres://u:${SECRET}@h/d?sslmode=require&sslkey=k`, "'sslcert' and 'sslkey' both"],
    [
      `postgres://u:${SECRET}@h/d?target_session_attrs=standby`,
      "has 'target_session_attrs=standby': it may be any, read-write, primary",
    ],
    [`mysql://u:${SECRET}@h/d`, "must be 'sqlite:<path of a file>' or 'postgres://"],
  ])('refuses %s', (url, reason) => {
    const refusal = refusalOf(url);

    expect(refusal).toMatch(/^invalid configuration: DATABASE_URL (?:must|has|names) /);
    expect(refusal).toContain(reason);
    expect(refusal).not.toContain(SECRET);
  });

  it.each([
    ['postgres:///d', { servers: [LOCAL], database: 'd', user: undefined, password: undefined }],
    ['postgresql://h/d', { servers: [{ host: 'h', port: 5432 }] }],
    ['postgres://h:6000/d', { servers: [{ host: 'h', port: 6000 }] }],
    ['postgres://[::1]:6000/d', { servers: [{ host: '::1', port: 6000 }] }],
    [
      'postgres://a:1,b,[fe80::1]/d',
      {
        servers: [
          { host: 'a', port: 1 },
          { host: 'b', port: 5432 },
          { host: 'fe80::1', port: 5432 },
        ],
        isPrimarySought: true,
      },
    ],
    ['postgres://a,b/d?target_session_attrs=any', { isPrimarySought: false }],
    ['postgres://a/d', { isPrimarySought: false }],
    ['postgres://a/d?target_session_attrs=primary', { isPrimarySought: true }],
    ['postgres://%2Frun%2Fpg/d', { servers: [{ host: '/run/pg', port: 5432 }] }],
    ['postgres:///d?host=/run/pg', { servers: [{ host: '/run/pg', port: 5432 }] }],
    ['postgres://u@h/d', { user: 'u', password: undefined }],
    ['postgres://u:@h/d', { user: 'u', password: undefined }],
    [
      'postgres://us%40er:p%3A%2F%3F%23%25@h/d%20b',
      { user: 'us@er', password: 'p:/?#%', database: 'd b' },
    ],
    ['postgres://h/d', { applicationName: 'user-statuses', options: undefined }],
    [
      'postgres://h/d?application_name=x%20y&options=-c%20search_path%3Dz',
      { applicationName: 'x y', options: '-c search_path=z' },
    ],
    ['postgres://h/d', { sslMode: 'disable', sslRootCert: undefined, sslCert: undefined }],
    [
      'postgres://h/d?sslmode=verify-full&sslrootcert=/c/ca.pem&sslcert=c.pem&sslkey=k.pem',
      { sslMode: 'verify-full', sslRootCert: '/c/ca.pem', sslCert: 'c.pem', sslKey: 'k.pem' },
    ],
  ])('reads %s', (url, expected) => {
    expect(parsePostgresUrl(url)).toMatchObject({ engine: 'postgres', ...expected });
  });
});
