import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';

import type { Logger } from 'pino';

import type { Config } from '../config/config.js';

type CertificateFiles = NonNullable<Config['tls']>;

interface CertificateText {
  cert: string;
  key: string;
}

/** What TLS is served with: read at the start, and anew when the files were renewed. */
export class Certificate {
  private renewal: Promise<void> = Promise.resolve();

  private constructor(
    private readonly files: CertificateFiles,
    private readonly logger: Logger,
    private text: CertificateText,
  ) {}

  static async read(files: CertificateFiles, logger: Logger): Promise<Certificate> {
    const text = await readTexts(files);
    warnOfDates(files, text, logger);
    return new Certificate(files, logger, text);
  }

  get options() {
    return toOptions(this.text);
  }

  /** One after the other: the last to be asked for is the last to be read. Never throws. */
  renew(server: HttpsServer): Promise<void> {
    this.renewal = this.renewal.then(() => this.renewOnce(server));
    return this.renewal;
  }

  /** Connections that are open keep what their handshake had. */
  private async renewOnce(server: HttpsServer): Promise<void> {
    try {
      const text = await readTexts(this.files);
      server.setSecureContext(toOptions(text));
      this.text = text;
    } catch (error) {
      const reason = (error as Error).message;
      this.logger.error(`the TLS certificate is not renewed, the one before is kept: ${reason}`);
      return;
    }
    const { subject, validTo } = new X509Certificate(this.text.cert);
    this.logger.info({ subject, validTo }, 'the TLS certificate was read anew');
    warnOfDates(this.files, this.text, this.logger);
  }
}

function toOptions(text: CertificateText) {
  return { ...text, minVersion: 'TLSv1.2' } as const;
}

/** Throws one sentence where they cannot be used, or not with each other. */
async function readTexts(files: CertificateFiles): Promise<CertificateText> {
  const cert = await readText('TLS_CERT_FILE', files.certFile);
  const key = await readText('TLS_KEY_FILE', files.keyFile);
  const both = `TLS_CERT_FILE '${files.certFile}' and TLS_KEY_FILE '${files.keyFile}'`;
  let isPair: boolean;
  try {
    // OpenSSL would compare the two only where they are of one kind, such as RSA.
    isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
    if (isPair) createSecureContext({ cert, key });
  } catch (cause) {
    throw new Error(
      `${both} cannot be used: they must be a PEM certificate and its private key, without a ` +
        `passphrase (${(cause as Error).message})`,
      { cause },
    );
  }
  if (isPair) return { cert, key };
  throw new Error(
    `${both} do not belong together: the key must be that of the first certificate in the file`,
  );
}

async function readText(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`${variable} '${file}' cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}

/** It is served all the same: the clock may be what is wrong, and some clients do not look. */
function warnOfDates({ certFile }: CertificateFiles, { cert }: CertificateText, logger: Logger) {
  const { validFrom, validTo } = new X509Certificate(cert);
  const now = Date.now();
  if (now > Date.parse(validTo)) {
    logger.warn(`the certificate of TLS_CERT_FILE '${certFile}' expired at ${validTo}: renew it`);
  } else if (now < Date.parse(validFrom)) {
    logger.warn(`the certificate of TLS_CERT_FILE '${certFile}' is not valid before ${validFrom}`);
  }
}
