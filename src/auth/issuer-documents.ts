/** Discovery documents have some KiB, key sets some tens of them. */
const MAX_DOCUMENT_BYTES = 1_048_576;
const TIMEOUT_MS = 5000;
/** The most that is told of an address that the issuer wrote. */
const MAX_SHOWN_LENGTH = 256;

const UNKNOWN_NAME = 'its name is not known';
const UNKNOWN_AUTHORITY =
  'its certificate is of an authority that Node does not know; set NODE_EXTRA_CA_CERTS to a file ' +
  'with the certificate of that authority';

/** What Node and OpenSSL call the causes that whoever runs the service can do something about. */
const CAUSES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection is refused'],
  ['ENOTFOUND', UNKNOWN_NAME],
  ['EAI_AGAIN', UNKNOWN_NAME],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_AUTHORITY],
]);

/** Why what an issuer publishes is of no use: the URL and the cause, for the log. */
export class IssuerFault extends Error {
  constructor(url: string, why: string, cause?: unknown) {
    super(`'${url}' ${why}`, { cause });
  }
}

/**
 * What an issuer publishes of itself: from nowhere else than where it was asked for, and no longer
 * than it can have reason to be, unpacked. Throws `IssuerFault`.
 */
export async function fetchDocument(url: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await fetchText(url).catch((error: unknown) => {
    throw error instanceof IssuerFault ? error : new IssuerFault(url, describeCause(error), error);
  });
  const document = parseJson(text);
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
    return document as Record<string, unknown>;
  }
  throw new IssuerFault(url, 'answers what is no JSON object');
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json, application/jwk-set+json' },
  });
  const { status, headers } = response;
  const location = headers.get('location')?.slice(0, MAX_SHOWN_LENGTH);
  if (location !== undefined && status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new IssuerFault(url, `redirects (${String(status)}) to '${location}': name that instead`);
  }
  if (status !== 200) {
    await response.body?.cancel();
    throw new IssuerFault(url, `answers with the status ${String(status)}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // To leave the loop is to take no more of it.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_DOCUMENT_BYTES) {
      throw new IssuerFault(url, `answers more than ${String(MAX_DOCUMENT_BYTES)} bytes`);
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What `fetch` throws says that it failed; its cause says why. */
function describeCause(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `does not answer within ${String(TIMEOUT_MS / 1000)} seconds`;
  const { code = '', message } = (cause ?? error) as NodeJS.ErrnoException;
  // A fault with several addresses has a code, and no message.
  const why = [CAUSES.get(code) ?? message, code && `(${code})`].filter(Boolean).join(' ');
  return `cannot be reached: ${why}`;
}
