import type { Answer } from './client.js';
import type { TestApp } from './test-app.js';
import { COLLECTION, userStatus } from './user-status.js';

export type Changes = Record<string, unknown>;

/** Fewer than the service takes at once. */
const AT_ONCE = 256;

/** Creates user statuses by id, each the published example with some members changed. */
export async function seed(
  app: Pick<TestApp, 'send'>,
  statuses: Readonly<Record<string, Changes>>,
  path = COLLECTION,
): Promise<void> {
  const entries = Object.entries(statuses);
  while (entries.length > 0) {
    const answers = await Promise.all(
      entries
        .splice(0, AT_ONCE)
        .map(([id, changes]) => app.send('POST', path, userStatus({ id, ...changes }))),
    );
    const refused = answers.find(({ status }) => status !== 201);
    if (refused !== undefined) throw new Error(refused.text);
  }
}

/** The body of a page. */
export interface PageBody {
  '@odata.context': string;
  '@odata.count'?: number;
  '@odata.nextLink'?: string;
  value: Record<string, unknown>[];
}

export function pageOf({ status, text, body }: Answer): PageBody {
  if (status !== 200) throw new Error(text);
  return body as PageBody;
}

/** The ids of a page in its order, as one text. */
export function idsIn(answer: Answer): string {
  return pageOf(answer)
    .value.map(({ id }) => String(id))
    .join(' ');
}

/** What a refusal says, in short: `400 BadRequest $filter @10` for one that names position 10. */
export function refusalOf({ status, body }: Answer): string {
  const { code, message, target } = (
    body as { error: { code: string; message: string; target?: string } }
  ).error;
  const position = /at position (\d+)\.(?: |$)/.exec(message)?.[1];
  return [status, code, target, position === undefined ? undefined : `@${position}`]
    .filter((part) => part !== undefined)
    .join(' ');
}
