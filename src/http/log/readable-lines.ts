/** The log as a person reads it, on a terminal. */
import pretty from 'pino-pretty';

import { CONTROLS } from './controls.js';

/** Members of a request's line that its sentence has, or that nobody looks for on a terminal. */
const OF_REQUESTS =
  'requestId,clientRequestId,method,route,status,durationMs,application,subject,address,code,' +
  'target,reason';

interface Line {
  msg: string;
  method?: string;
  route?: string;
  status?: number;
  durationMs?: number;
  code?: string;
  reason?: string;
}

const toReadable = pretty.prettyFactory({
  translateTime: 'SYS:HH:MM:ss',
  ignore: OF_REQUESTS,
  singleLine: true,
  messageFormat: (line) => toSentence(line as unknown as Line),
});

export function toReadableLines(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => toReadable(JSON.parse(line, withoutControls)))
    .join('');
}

function toSentence({ msg, method, route, status, durationMs, code, reason }: Line): string {
  const refusal = [code, reason].filter((part) => part !== undefined).join(': ');
  if (status === undefined) return refusal === '' ? msg : `${msg} (${refusal})`;
  const request = [method, route, status].filter((part) => part !== undefined).join(' ');
  const time = durationMs === undefined ? '' : ` in ${durationMs.toFixed(1)} ms`;
  return `${request}${time}${refusal === '' ? '' : `: ${refusal}`}`;
}

/** Lines of their own are for the stack of an error alone: a caller could make up others. */
function withoutControls(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.replace(CONTROLS, '\ufffd');
  return name === 'stack' ? text : text.replace(/[\t\n]/g, ' ');
}
