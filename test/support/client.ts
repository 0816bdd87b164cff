/** A response, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  /** As it came. */
  text: string;
  /** Parsed, where it is JSON. */
  body: unknown;
}

/** Sends with the writing token and JSON, unless `headers` say otherwise; `null` takes one away. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string | null>,
) => Promise<Answer>;

export function createSend(url: string, token: string): Send {
  return async (method, path, body, headers = {}) => {
    const sent = new Headers({ authorization: `Bearer ${token}` });
    if (body !== undefined) sent.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) sent.delete(name);
      else sent.set(name, value);
    }
    const isText = typeof body === 'string' || body instanceof Uint8Array;
    return readAnswer(
      await fetch(path.startsWith('http') ? path : url + path, {
        method,
        headers: sent,
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      }),
    );
  };
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
