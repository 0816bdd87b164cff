/** What whoever starts the service is told where the server cannot be used. */
import { codeOf, describeError } from './driver-errors.js';

/** By the code of an error and its words. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^3D000 /, 'make it with CREATE DATABASE'],
  [/^3F000 /, "name one that exists in the 'search_path' of 'options'"],
  [/^42501 /, 'GRANT it to the role of DATABASE_URL, or name the role that owns the database'],
  [
    /^28000 .*no encryption$/,
    "where that is the reason, add 'sslmode=verify-full' to DATABASE_URL",
  ],
  [/^28000 .*no PostgreSQL user name/, "write 'user@' before the host in DATABASE_URL"],
  [/^28000 .*client certificate/, "name its files in 'sslcert' and 'sslkey'"],
  [
    /client password must be a string/,
    'the server asks for a password: add it to DATABASE_URL, or set PGPASSWORD',
  ],
  [
    / The server does not support SSL/,
    "write 'sslmode=disable' where the network between can be trusted",
  ],
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+) /,
    "name the file of the certificate's authority in 'sslrootcert'",
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID /,
    "write the host as its certificate does, or 'sslmode=verify-ca' with 'sslrootcert'",
  ],
];

/** The reason, and what to do about it where that is known. */
export function explain(error: unknown): string {
  const reason = describeError(error).replace(/[\s:]+$/, '');
  const key = `${codeOf(error)} ${reason}`;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(key))?.[1];
  return remedy === undefined ? reason : `${reason}: ${remedy}`;
}
