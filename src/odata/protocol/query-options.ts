/**
 * The query part of a URL, as OData's options (4.01 URL Conventions, section 5). The names of
 * system query options are taken in any case, with or without `$`. None is silently ignored: one
 * that does not apply is refused by name.
 */
import { GraphError, shorten } from '../../errors/graph-error.js';
import { findIntended } from './option-names.js';

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

/**
 * Those that could apply to any resource here, and that nothing here does (OData 4.01 Protocol,
 * 9.3.1: 501).
 */
const UNSUPPORTED_OPTIONS: ReadonlySet<string> = new Set([
  'compute',
  'deltatoken',
  'expand',
  'levels',
  'schemaversion',
]);

export type SystemOption =
  | 'apply'
  | 'count'
  | 'filter'
  | 'format'
  | 'orderby'
  | 'search'
  | 'select'
  | 'skip'
  | 'skiptoken'
  | 'top';

type SystemOptions = Partial<Record<SystemOption, string>>;

/** What no name of an option has, and an expression that was cut at its `&` does. */
const NO_NAME = /[\s'"()]/;

export interface QueryOptions {
  system: SystemOptions;
  /** The values of parameter aliases (URL Conventions 4.01, 5.3), by name with its `@`. */
  aliases: ReadonlyMap<string, string>;
  /**
   * All that was sent, in its order, each with its name, decoded: what a link to the next page
   * repeats.
   */
  written: readonly (readonly [name: string, option: string])[];
}

const NO_OPTIONS: QueryOptions = { system: {}, aliases: new Map(), written: [] };

/**
 * Reads the options of `query` (the text behind `?`) that the operation `accepted`, and refuses the
 * others.
 */
export function parseQueryOptions(
  query: string | undefined,
  accepted: readonly SystemOption[],
): QueryOptions {
  if (query === undefined || query === '') return NO_OPTIONS;

  const system: SystemOptions = {};
  const aliases = new Map<string, string>();
  const written: [string, string][] = [];
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    const value = decode(equals === -1 ? '' : part.slice(equals + 1));
    written.push([name, part]);
    requireName(name, part);
    if (name.startsWith('@')) {
      if (aliases.has(name)) throw refusal(name, 'may be given only once');
      aliases.set(name, value);
      continue;
    }
    const option = toSystemOption(name, value, accepted);
    if (option === undefined) continue;
    if (system[option] !== undefined) throw refusal(name, 'may be given only once');
    system[option] = value;
  }
  return { system, aliases, written };
}

/** Whether a name, as it is written, is that of the option. */
export function isOption(name: string, option: SystemOption): boolean {
  return name.replace(/^\$/, '').toLowerCase() === option;
}

/** Refuses what a shell or a forgotten `%26` left of an option. */
function requireName(name: string, part: string): void {
  if (name.trim() === '') {
    throw new GraphError(
      'BadRequest',
      `The query option '${shorten(part)}' has no name. A shell takes '$filter' for a variable ` +
        "of its own: put the URL in single quotes, or write 'filter'.",
      { target: shorten(part) },
    );
  }
  if (!NO_NAME.test(name)) return;
  throw new GraphError(
    'BadRequest',
    `'${shorten(name)}' is no name of a query option. If it belongs to the option before it, ` +
      "write '%26' for the '&' between them.",
    { target: shorten(name) },
  );
}

/**
 * `undefined` for a custom option, which is ignored, and for one that asks for what there is
 * anyway.
 */
function toSystemOption(
  written: string,
  value: string,
  accepted: readonly SystemOption[],
): SystemOption | undefined {
  const name = written.replace(/^\$/, '').toLowerCase();
  if (!SYSTEM_OPTIONS.has(name)) {
    const intended = findIntended(written, accepted);
    if (intended === undefined && !written.startsWith('$')) return undefined;
    throw noSuchOption(written, intended);
  }
  const option = accepted.find((candidate) => candidate === name);
  if (option !== undefined) return option;
  // There is one version of the schema, and so the current one is it (URL Conventions 4.01,
  // 5.1.12).
  if (name === 'schemaversion' && value === '*') return undefined;
  if (UNSUPPORTED_OPTIONS.has(name)) {
    throw new GraphError(
      'NotImplemented',
      `The query option '${shorten(written)}' is not supported.`,
      { target: shorten(written) },
    );
  }
  throw refusal(written, 'does not apply to this request');
}

function noSuchOption(written: string, intended: string | undefined): GraphError {
  const shown = shorten(written);
  const question = intended === undefined ? '' : ` Did you mean '$${intended}'?`;
  return new GraphError('BadRequest', `There is no query option '${shown}'.${question}`, {
    target: shown,
  });
}

function refusal(written: string, fault: string): GraphError {
  const shown = shorten(written);
  return new GraphError('BadRequest', `The query option '${shown}' ${fault}.`, { target: shown });
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
