/** A collection of its own for some rows, and what the service chooses of it. */
import type { Row } from './filter-expression.js';
import type { Answer } from './client.js';
import type { TestApp } from './test-app.js';

const ROWS_AT_ONCE = 8;
/** More than there are rows: the links go round. */
const MAX_PAGES = 50;

export async function createRows(app: TestApp, key: string, rows: readonly Row[]): Promise<string> {
  const collection = `/deviceManagement/deviceConfigurations/${key}/userStatuses`;
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE);
    const answers = await Promise.all(some.map((row) => app.send('POST', collection, row)));
    const refused = answers.find(({ status }) => status !== 201);
    if (refused !== undefined) throw new Error(refused.text);
  }
  return collection;
}

/** The ids of the rows for which the expression is true. */
export async function readIds(app: TestApp, collection: string, filter: string): Promise<string[]> {
  const answer = await app.send(
    'GET',
    `${collection}?$top=1000&$select=id&$filter=${encodeURIComponent(filter)}`,
  );
  if (answer.status !== 200) {
    throw new Error(`$filter=${filter}\nis answered ${String(answer.status)}: ${answer.text}`);
  }
  return (answer.body as { value: { id: string }[] }).value.map(({ id }) => id);
}

export async function readCount(app: TestApp, collection: string, filter: string): Promise<number> {
  const path = `${collection}/$count?$filter=${encodeURIComponent(filter)}`;
  const answer = await app.send('GET', path, undefined, { accept: 'text/plain' });
  return /^\d+$/.test(answer.text) ? Number(answer.text) : NaN;
}

/** The ids of every page, by following the links. */
export async function readPages(app: TestApp, firstPage: string): Promise<string[][]> {
  const pages: string[][] = [];
  let next: string | undefined = firstPage;
  while (next !== undefined) {
    if (pages.length === MAX_PAGES)
      throw new Error(`${firstPage}\nleads from page to page for ever`);
    const answer: Answer = await app.send('GET', next);
    if (answer.status !== 200) throw new Error(`${next}\nis answered ${answer.text}`);
    const page = answer.body as { value: { id: string }[]; '@odata.nextLink'?: string };
    pages.push(page.value.map(({ id }) => id));
    next = page['@odata.nextLink'];
  }
  return pages;
}
