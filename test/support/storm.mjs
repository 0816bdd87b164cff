/**
 * Creates on many connections at once, each with one request under way, in a process of its own: as fast as they are answered, or
 * at a rate that does not care how fast that is. Prints what came back.
 */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval, setTimeout } from 'node:timers';

const { SERVICE_URL: url, TOKEN, COLLECTION, BODY, CONNECTIONS, SECONDS, RATE = '0' } = process.env;
const { hostname, port } = new URL(url);
const request = Buffer.from(
  `POST ${COLLECTION} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`,
);

const PACE_MS = 5;
const times = new Map();
let withoutAdvice = 0;
let lost = 0;
let isOver = false;
const idle = [];

function open() {
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  let sentAt = 0;
  let received = '';
  function send() {
    sentAt = performance.now();
    received = '';
    socket.write(request);
  }
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
    const end = received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = received.slice(0, end).toLowerCase();
    const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const status = head.slice(9, 12);
    if (!times.has(status)) times.set(status, []);
    times.get(status).push(performance.now() - sentAt);
    if (status === '503' && !head.includes('retry-after: ')) withoutAdvice += 1;
    if (isOver) socket.destroy();
    else if (RATE === '0') send();
    else idle.push(send);
  });
  socket.on('error', () => (lost += 1));
  return new Promise((resolve) => {
    socket.on('connect', () => {
      idle.push(send);
      resolve();
    });
    socket.on('close', resolve);
  });
}

function summarize(all) {
  all.sort((a, b) => a - b);
  const at = (share) =>
    Math.round(all[Math.min(Math.floor(all.length * share), all.length - 1)] * 10) / 10;
  return { count: all.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

await Promise.all(Array.from({ length: Number(CONNECTIONS) }, open));
const beganAt = performance.now();
let sent = 0;
if (RATE === '0') for (const send of idle.splice(0)) send();
const pace = setInterval(() => {
  if (RATE === '0') return;
  const due = ((performance.now() - beganAt) * Number(RATE)) / 1000;
  for (; sent < due && idle.length > 0; sent += 1) idle.shift()();
  sent = Math.ceil(due);
}, PACE_MS);
setTimeout(
  () => {
    isOver = true;
    clearInterval(pace);
    setTimeout(() => {
      const statuses = Object.fromEntries(
        [...times].map(([status, all]) => [status, summarize(all)]),
      );
      console.log(JSON.stringify({ statuses, withoutAdvice, lost }));
      process.exit();
    }, 2000);
  },
  Number(SECONDS) * 1000,
);
