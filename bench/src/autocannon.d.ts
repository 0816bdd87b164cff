/** What is used of `autocannon`, which brings no types of its own. */
declare module 'autocannon' {
  export interface Request {
    method?: 'GET' | 'POST' | 'PATCH';
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    setupRequest?: (request: Request) => Request;
  }

  interface Options {
    url: string;
    connections: number;
    /** How many requests are sent in all; without it, `duration` says when to end. */
    amount?: number;
    duration?: number;
    timeout: number;
    requests: Request[];
  }

  interface Result {
    '2xx': number;
    non2xx: number;
    errors: number;
    timeouts: number;
    /** Seconds. */
    duration: number;
    /** Milliseconds. */
    latency: { average: number; p50: number; p99: number };
  }

  export default function autocannon(options: Options): Promise<Result>;
}
