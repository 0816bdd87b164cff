import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { generate, type SelfsignedOptions } from 'selfsigned';

export interface Certificate {
  certFile: string;
  keyFile: string;
  /** The environment of a service that serves TLS with it. */
  env: Record<string, string>;
}

/** A certificate for `localhost` that signs itself, in two files of `folder`. */
export async function createCertificate(
  folder: string,
  options: SelfsignedOptions = {},
): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    ...options,
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const certFile = join(folder, 'tls-cert.pem');
  const keyFile = join(folder, 'tls-key.pem');
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return { certFile, keyFile, env: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile } };
}
