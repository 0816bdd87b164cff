import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import { toErrorBody } from '../../errors/error-body.js';
import type { GraphError } from '../../errors/graph-error.js';
import { toGraphError } from '../../errors/to-graph-error.js';
import { ODATA_VERSION } from '../../odata/protocol/odata-response.js';
import { toCommonHeaders } from '../common-headers.js';
import { toCorsHeaders } from '../cors.js';
import type { RequestLog } from '../log/request-log.js';

const ORIGIN = /\r\norigin:[\t ]*([^\r\n\t ]{1,512})[\t ]*\r\n/i;

/** What Node's parser says, with the bytes that it read last. */
type Fault = Error & { code?: string; rawPacket?: Buffer };

/**
 * Answers bytes that never became a request, by hand, because there is no response object. Each
 * such answer is a line of the log.
 */
export class ClientErrors {
  constructor(
    private readonly log: RequestLog,
    private readonly corsOrigins: readonly string[],
  ) {}

  /** The listener of `clientError`, and of whatever else Node hands over as a socket. */
  readonly answer = (fault: Fault, socket: Socket): void => {
    const connection = socket.peer;
    if (connection === undefined) {
      // Over TLS, nothing can be said before the handshake is over.
      socket.destroy();
      return;
    }
    const pending = connection.answer;
    // Earlier requests on the connection are complete and wait for their answers: they must not
    // take ours for one.
    if (pending?.req.complete === true || connection.waiting.length > 0) {
      connection.lastWord ??= () => {
        this.answer(fault, socket);
      };
      return;
    }
    // The last word is being said, or the last answer sent: whoever does not take it is a slow
    // reader.
    if (connection.isEnding && socket.writableEnded && !socket.destroyed) return;
    // Gone, in the middle of its own answer, or answered already: nothing more can be said.
    const isAnswered =
      pending?.headersSent === true || connection.answeredEarly?.complete === false;
    if (isGone(fault, socket) || !socket.writable || isAnswered) {
      socket.destroy();
      return;
    }
    const error = toGraphError(fault);
    const requestId = randomUUID();
    this.log.addMalformed(requestId, connection, error);
    connection.isEnding = true;
    const corsHeaders = this.toCorsHeaders(fault, pending?.req);
    socket.end(toRawResponse(error, requestId, socket, corsHeaders), () => {
      socket.destroySoon();
    });
  };

  private toCorsHeaders(fault: Fault, request: IncomingMessage | undefined) {
    if (this.corsOrigins.length === 0) return {};
    return toCorsHeaders(this.corsOrigins, request?.headers.origin ?? findOrigin(fault));
  }
}

/** Over TLS Node ends its side with the peer's: what is written behind that would wait for ever. */
function isGone({ code }: { code?: string }, socket: Socket): boolean {
  return code === 'ECONNRESET' || (code === 'HPE_INVALID_EOF_STATE' && socket instanceof TLSSocket);
}

/** Of a request that was not read: as the bytes say, of which something was not understood. */
function findOrigin({ rawPacket }: Fault): string | undefined {
  return rawPacket && ORIGIN.exec(rawPacket.toString('latin1'))?.[1];
}

function toRawResponse(
  error: GraphError,
  requestId: string,
  socket: Socket,
  corsHeaders: Readonly<Record<string, string>>,
): string {
  const ids = { requestId, clientRequestId: requestId };
  const body = JSON.stringify(toErrorBody(error, ids));
  // Of a request that was not read, the name in the TLS handshake says whom it was for.
  const host = socket instanceof TLSSocket && socket.servername;
  const headers = {
    'OData-Version': ODATA_VERSION,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...toCommonHeaders(ids, socket, host),
    ...corsHeaders,
    ...error.headers,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? ''}`;
  return [status, ...lines, '', body].join('\r\n');
}
