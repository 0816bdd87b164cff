/** What answers say of writes. */
import type { Loss, Reply } from './http-client.js';

/** `again` where nothing was stored, and a client is told to send it once more. */
export type Verdict = 'done' | 'again' | 'unknown' | 'refused';

export interface Judged {
  verdict: Verdict;
  /** What no service should answer, whatever fails. */
  fault?: string;
}

/**
 * A service that says that nothing was stored is held to it; one that ends in order also where it
 * says nothing, and then it leaves no answer half-sent.
 */
export function judge(reply: Reply | Loss, done: number, isOrderly: boolean): Judged {
  switch (reply) {
    case 'refused':
      return { verdict: 'again' };
    case 'broken':
      return { verdict: isOrderly ? 'again' : 'unknown' };
    case 'cut':
      return { verdict: 'unknown', ...(isOrderly ? { fault: 'half of an answer' } : {}) };
    case 'hung':
      return { verdict: 'unknown', fault: 'no answer' };
  }
  const { status, headers, text } = reply;
  if (status === done) return { verdict: 'done' };
  const fault = `${String(status)} ${text}`;
  if (status !== 503) return { verdict: 'refused', fault };
  return {
    verdict: isUnknown(text) ? 'unknown' : 'again',
    ...(headers['retry-after'] === undefined ? { fault: `no Retry-After: ${fault}` } : {}),
  };
}

/** A batch of one change set, of which each request has the status that it should, or none. */
export function judgeSet(reply: Reply | Loss, done: readonly number[], isOrderly: boolean): Judged {
  const judged = judge(reply, 200, isOrderly);
  if (judged.verdict !== 'done') return judged;
  const { text } = reply as Reply;
  const { responses } = JSON.parse(text) as { responses: { status: number }[] };
  const statuses = responses.map(({ status }) => status);
  if (statuses.every((status, i) => status === done[i])) return judged;
  const isPutOff = statuses.every((status) => status === 503 || status === 424);
  if (!isPutOff) return { verdict: 'refused', fault: text };
  return { verdict: isUnknown(text) ? 'unknown' : 'again' };
}

function isUnknown(text: string): boolean {
  return text.includes('not known');
}
