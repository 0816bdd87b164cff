import { Agent, request } from 'node:http';

import { type Target } from './target.js';

interface Answer {
  status: number;
  text: string;
  /** From the call to the end of the body. */
  elapsedMs: number;
}

/** Single requests, on connections that stay open. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly target: Pick<Target, 'url' | 'token' | 'name'>) {}

  async get<Body>(pathOrUrl: string): Promise<Body> {
    return JSON.parse((await this.expect(200, 'GET', pathOrUrl)).text);
  }

  async post<Body>(path: string, body: string): Promise<Body> {
    return JSON.parse((await this.expect(201, 'POST', path, body)).text);
  }

  /** How long a GET takes, in milliseconds. */
  async time(pathOrUrl: string): Promise<number> {
    return (await this.expect(200, 'GET', pathOrUrl)).elapsedMs;
  }

  close(): void {
    this.agent.destroy();
  }

  private async expect(
    status: number,
    method: string,
    pathOrUrl: string,
    body?: string,
  ): Promise<Answer> {
    const answer = await this.send(method, new URL(pathOrUrl, this.target.url), body);
    if (answer.status === status) return answer;
    throw new Error(
      `${this.target.name}: ${method} ${pathOrUrl} → ${answer.status} ${answer.text}`,
    );
  }

  private send(method: string, url: URL, body: string | undefined): Promise<Answer> {
    const { token } = this.target;
    const headers = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve, reject) => {
      const start = performance.now();
      const outgoing = request(url, { method, headers, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode!, text, elapsedMs: performance.now() - start });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}
