/** Discovery documents have some KiB, key sets some tens of them. */
const MAX_DOCUMENT_BYTES = 1_048_576;

/**
 * What an issuer publishes of itself: from nowhere else than where it was asked for, and no longer
 * than it can have reason to be, unpacked. Throws for a redirect, and for what is longer.
 */
export async function fetchDocument(
  url: string,
  { headers, signal }: { headers?: Headers; signal: AbortSignal },
): Promise<Response> {
  const response = await fetch(url, { redirect: 'error', signal, ...(headers && { headers }) });
  const chunks: Uint8Array[] = [];
  let length = 0;
  // To leave the loop is to take no more of it.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_DOCUMENT_BYTES) {
      throw new Error(`${url} answers more than ${String(MAX_DOCUMENT_BYTES)} bytes`);
    }
    chunks.push(chunk);
  }
  const { status } = response;
  return new Response(chunks.length === 0 ? null : Buffer.concat(chunks), { status });
}
