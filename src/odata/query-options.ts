/**
 * The query part of a URL, as OData's system query options (4.01 URL Conventions, section 5). Their names are taken in any
 * case, with or without `$`. No option is silently ignored: one that does not apply is refused by name.
 */
import { GraphError, shorten } from '../errors/graph-error.js';

/** Every system query option of OData 4.01. */
const SYSTEM_OPTIONS: ReadonlySet<string> = new Set([
  'apply',
  'compute',
  'count',
  'deltatoken',
  'expand',
  'filter',
  'format',
  'id',
  'index',
  'levels',
  'orderby',
  'schemaversion',
  'search',
  'select',
  'skip',
  'skiptoken',
  'top',
]);

/** Those that could apply to any resource here, and that nothing here does (OData 4.01 Protocol, 9.3.1: 501). */
const UNSUPPORTED_OPTIONS: ReadonlySet<string> = new Set([
  'compute',
  'expand',
  'levels',
  'schemaversion',
  'select',
]);

export type SystemOption = 'format';

export type QueryOptions = Partial<Record<SystemOption, string>>;

const NO_OPTIONS: QueryOptions = {};

/** Reads the options of `query` (the text behind `?`) that the operation `accepted`, and refuses the others. */
export function parseQueryOptions(
  query: string | undefined,
  accepted: readonly SystemOption[],
): QueryOptions {
  if (query === undefined || query === '') return NO_OPTIONS;

  const options: QueryOptions = {};
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const written = shorten(decode(equals === -1 ? part : part.slice(0, equals)));
    const value = decode(equals === -1 ? '' : part.slice(equals + 1));

    const name = written.replace(/^\$/, '').toLowerCase();
    if (!SYSTEM_OPTIONS.has(name)) {
      if (!written.startsWith('$')) continue;
      throw refusal(written, `There is no query option '${written}'.`);
    }
    const option = accepted.find((candidate) => candidate === name);
    if (option === undefined && UNSUPPORTED_OPTIONS.has(name)) {
      throw new GraphError('NotImplemented', `The query option '${written}' is not supported.`, {
        target: written,
      });
    }
    if (option === undefined) {
      throw refusal(written, `The query option '${written}' does not apply to this request.`);
    }
    if (options[option] !== undefined) {
      throw refusal(written, `The query option '${written}' may be given only once.`);
    }
    options[option] = value;
  }
  return options;
}

function refusal(target: string, message: string): GraphError {
  return new GraphError('BadRequest', message, { target });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new GraphError('BadRequest', 'The URL is malformed: percent-encode its query as UTF-8.', {
      cause,
    });
  }
}
