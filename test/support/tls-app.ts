import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createCertificate, type Certificate } from './certificate.js';
import { startTestApp, type OwnTestApp } from './test-app.js';

export interface TlsApp {
  app: OwnTestApp;
  certificate: Certificate;
  /** By the name that the certificate is for. */
  url: string;
  /** The environment in which a program trusts the service and knows where it is. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** The service with a certificate of its own, for clients that send tokens over https only. */
export async function startTlsApp(env: Record<string, string> = {}): Promise<TlsApp> {
  const folder = mkdtempSync(join(tmpdir(), 'user-statuses-tls-'));
  const certificate = await createCertificate(folder);
  const app = await startTestApp({ ...certificate.env, ...env });
  const url = app.url.replace('127.0.0.1', 'localhost');
  return {
    app,
    certificate,
    url,
    env: {
      NODE_EXTRA_CA_CERTS: certificate.certFile,
      BASE_URL: url,
      TOKEN: app.token,
      READ_TOKEN: app.readToken,
    },
    async close() {
      await app.close();
      rmSync(folder, { recursive: true });
    },
  };
}
