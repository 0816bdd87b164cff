import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

import type { FastifyReply } from 'fastify';

/**
 * How much of an answer is given to its connection at a time, and what counts as a small answer. It is what one who reads slowly makes the
 * kernel's side and ours hold beside the answer itself, and what progress is measured in.
 */
export const SLICE_BYTES = 65_536;

/** Sends a body slice by slice, as the reader takes it. */
export function endInSlices(response: ServerResponse, body: Buffer): void {
  let sent = 0;
  function goOn(): void {
    while (body.length - sent > SLICE_BYTES) {
      sent += SLICE_BYTES;
      if (!response.write(body.subarray(sent - SLICE_BYTES, sent))) return;
    }
    response.off('drain', goOn);
    response.end(body.subarray(sent));
  }
  response.on('drain', goOn);
  goOn();
}

/** The same for what is sent by Fastify's reply: its status and headers, and this body. */
export function sendInSlices(reply: FastifyReply, body: Buffer): void {
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  reply.raw.writeHead(reply.statusCode, { ...headers, 'content-length': body.length });
  reply.hijack();
  endInSlices(reply.raw, body);
}
