import { connect } from 'node:net';

/** Sends bytes as they are and returns all that came back until the server closed, as text. */
export async function sendRaw(
  url: string,
  chunks: string | Buffer | readonly (string | Buffer)[],
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.setTimeout(15_000, () => {
      socket.destroy(new Error('the server neither answered nor closed'));
    });
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return;
      reject(error);
    });
    socket.on('close', () => {
      resolve(Buffer.concat(received).toString('utf8'));
    });
    for (const chunk of [chunks].flat()) socket.write(chunk);
  });
}

/** Status, headers and JSON body of a raw response. */
export function readRaw(response: string): { status: number; head: string; body: unknown } {
  const end = response.indexOf('\r\n\r\n');
  const head = response.slice(0, end);
  const text = response.slice(end + 4);
  return {
    status: Number(head.split(' ')[1]),
    head: head.toLowerCase(),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
