import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { Connection, Exchange } from './connection.js';
import type { Connections } from './connections.js';
import { hasBody } from '../bodies/request-body.js';

/**
 * How many requests may wait behind another on a connection. A chunk of what Node reads holds fewer
 * where each has a token.
 */
const MAX_WAITING = 256;

/**
 * Serves the requests of a connection one at a time, in order, and reads no more of it
 * while some wait: Node begins all that a chunk holds, which may be thousands, and keeps their
 * answers until they can be sent.
 */
export class OneAtATime {
  private readonly onClose = withThis((response) => {
    const { socket } = response.req;
    try {
      this.goOn(response, socket.peer!);
    } catch (error) {
      this.connections.fail(socket, error);
    }
  });

  constructor(
    private readonly serve: RequestListener,
    private readonly connections: Connections,
  ) {}

  /** The listener of the server's `request`. */
  readonly take = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = request.socket.peer!;
    if (connection.isGone || connection.socket.destroyed) return;
    try {
      if (connection.isBusy) this.queue(connection, { request, response });
      else if (!connection.isEnding) this.begin(connection, { request, response });
    } catch (error) {
      this.connections.fail(connection.socket, error);
    }
  };

  private begin(connection: Connection, { request, response }: Exchange): void {
    connection.answer = response;
    if (this.connections.isStopping) response.shouldKeepAlive = false;
    // Nothing can be done yet for who has not sent all of it: then it is busy when a handler
    // begins.
    if (!hasBody(request.headers)) connection.markBusy();
    response.on('close', this.onClose);
    this.serve(request, response);
  }

  private queue(connection: Connection, exchange: Exchange): void {
    if (!this.connections.hold(connection)) return;
    if (connection.isEnding) return;
    const { waiting } = connection;
    if (waiting.length >= MAX_WAITING) {
      this.connections.endSoon(connection);
      return;
    }
    // Not before something waits: a socket that is not read does not hear that its peer has gone.
    if (waiting.length === 0) connection.socket.pause();
    waiting.push(exchange);
  }

  /** An answer is sent, or there is nobody any more to send it to. */
  private goOn(response: ServerResponse, connection: Connection): void {
    connection.release();
    if (!response.req.complete) connection.answeredEarly = response.req;
    // That was the last one, by its headers or because the connection is no more.
    if (!connection.socket.writable) connection.waiting.length = 0;
    // Not at once: one connection could keep the event loop from all others, for as long as
    // something waits on it.
    if (connection.waiting.length > 0) setImmediate(this.beginNext, connection);
    else this.rest(connection);
  }

  private readonly beginNext = (connection: Connection): void => {
    const { socket, waiting } = connection;
    const next = waiting.shift();
    if (next === undefined) return;
    this.connections.guard(socket, () => {
      this.connections.letGo(connection);
      // Behind a fault of its own body a request is not begun any more.
      if (next.request.complete || connection.lastWord === undefined) {
        if (waiting.length === 0) socket.resume();
        this.begin(connection, next);
      } else {
        this.rest(connection);
      }
    });
  };

  /** Nothing waits any more. */
  private rest(connection: Connection): void {
    connection.markIdle();
    if (connection.lastWord !== undefined) connection.lastWord();
    else if (connection.isEnding || this.connections.isStopping) connection.socket.destroySoon();
  }
}

/**
 * Node tells listeners by `this` whose event it is. One for all of them costs a request nothing.
 */
function withThis(listener: (response: ServerResponse) => void) {
  return function (this: ServerResponse): void {
    listener(this);
  };
}
