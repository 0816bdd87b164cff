import type { TestApp } from './test-app.js';

/** Sends requests, each as HTTP has it, in one change set. The statuses that come back, as one text. */
export async function sendChangeSet(app: TestApp, requests: readonly string[]): Promise<string> {
  const parts = requests.map(
    (request, i) =>
      `--set\r\nContent-Type: application/http\r\nContent-ID: ${String(i)}\r\n\r\n${request}\r\n`,
  );
  const body = `--batch\r\nContent-Type: multipart/mixed; boundary=set\r\n\r\n${parts.join('')}--set--\r\n--batch--\r\n`;
  const type = { 'content-type': 'multipart/mixed; boundary=batch' };
  const { text } = await app.send('POST', '/v1.0/$batch', body, type);
  return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status).join(' ');
}
