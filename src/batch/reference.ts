/** `$1` in a request of a batch, for what the request `1` has made (Protocol 4.01, 11.7.3). */
import { GraphError, shorten } from '../errors/graph-error.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { foldId, type BatchItem } from './batch-item.js';

const REFERENCE = /^\/*\$([^/?]+)/;

/** What `$` and a name stand for anyway; a request with such an id cannot be named. */
const SYSTEM_RESOURCES: ReadonlySet<string> = new Set([
  'all',
  'batch',
  'crossjoin',
  'entity',
  'id',
  'metadata',
  'root',
]);

const CONDITIONS = { 'if-match': 'If-Match', 'if-none-match': 'If-None-Match' } as const;

/** What a request may name. */
export interface Nameable {
  /** The answer to the request with this id, folded, where it may be named. */
  find: (id: string) => ODataResponse | undefined;
  /** What to do to name that of another request; `undefined` where none has the id. */
  advise: (id: string) => string | undefined;
}

/** The request with a URL that needs no other. Throws where it names what there is not. */
export function resolveReference<Item extends BatchItem>(item: Item, nameable: Nameable): Item {
  refuseTagReferences(item);
  const [written = '', id = ''] = REFERENCE.exec(item.url) ?? [];
  if (id === '' || SYSTEM_RESOURCES.has(foldId(id))) return item;
  const location = nameable.find(foldId(id))?.headers.Location;
  if (location === undefined) throw namesNothing(id, nameable);
  return { ...item, url: location + item.url.slice(written.length) };
}

/** OData lets `If-Match: $1` stand for the entity tag of an answer (11.7.3.2). */
function refuseTagReferences({ headers }: BatchItem): void {
  for (const [name, shown] of Object.entries(CONDITIONS)) {
    const value = headers[name]?.toString();
    if (value?.startsWith('$') !== true) continue;
    throw new GraphError(
      'NotImplemented',
      `'${shown}: ${shorten(value)}' is not supported: read the entity before the batch, and ` +
        'send its ETag.',
      { target: shown },
    );
  }
}

function namesNothing(id: string, { find, advise }: Nameable): GraphError {
  const shown = shorten(id);
  const reason =
    find(foldId(id)) === undefined
      ? (advise(id) ?? `no request of the batch has the id '${shown}'`)
      : 'it has made nothing';
  return new GraphError(
    'ResourceNotFound',
    `'$${shown}' stands for what the request '${shown}' of the batch has made: ${reason}.`,
  );
}
