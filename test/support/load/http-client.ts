import { Agent, request, type IncomingHttpHeaders } from 'node:http';

/** More than any answer may take: who waits for longer waits for ever. */
const HANGS_MS = 60_000;

/** An answer that came whole. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  tookMs: number;
}

/** Why there is none: nobody listens, the connection broke, before the answer or in it, or nothing came. */
export type Loss = 'refused' | 'broken' | 'cut' | 'hung';

/** Connections that are kept, on which everything that happens is an outcome and nothing throws. */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    connections: number,
    private readonly token: string,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send(
    url: string,
    method: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply | Loss> {
    const since = performance.now();
    return new Promise((resolve) => {
      const outgoing = request(url, {
        agent: this.agent,
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      });
      const timer = setTimeout(() => {
        resolve('hung');
        outgoing.destroy();
      }, HANGS_MS);
      outgoing.on('error', ({ code }: NodeJS.ErrnoException) => {
        resolve(code === 'ECONNREFUSED' ? 'refused' : 'broken');
      });
      outgoing.on('close', () => {
        clearTimeout(timer);
        resolve('broken');
      });
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', () => {
          resolve('cut');
        });
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode = 0, headers: received } = response;
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: statusCode,
            headers: received,
            text,
            tookMs: performance.now() - since,
          });
        });
      });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
