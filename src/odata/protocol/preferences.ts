/**
 * The `Prefer` header (RFC 7240; OData 4.01 Protocol, 8.2.8). Preferences that are not known are
 * ignored, as both texts say.
 */
import { parsePair, splitList, splitParameters } from './header-values.js';
import { MAX_TOP } from './paging.js';

export interface Preferences {
  return: 'minimal' | 'representation' | undefined;
  /** The most entities on a page, no more than the service serves. */
  maxPageSize: number | undefined;
  /** Whether an update of what does not exist makes it (Graph's upsert). */
  isCreateIfMissing: boolean;
  /** Whether a batch goes on behind an item that failed. */
  isContinueOnError: boolean;
}

const NO_PREFERENCES: Preferences = {
  return: undefined,
  maxPageSize: undefined,
  isCreateIfMissing: false,
  isContinueOnError: false,
};

/** The first mention of a preference counts (RFC 7240, section 2). */
export function parsePreferences(header: string | undefined): Preferences {
  if (header === undefined) return NO_PREFERENCES;
  const values = new Map<string, string>();
  for (const preference of splitList(header)) {
    const [name, value] = readPreference(preference);
    if (!values.has(name)) values.set(name, value);
  }
  const returned = values.get('return');
  const size = values.get('maxpagesize');
  return {
    return: returned === 'minimal' || returned === 'representation' ? returned : undefined,
    maxPageSize:
      size !== undefined && /^[1-9]\d{0,8}$/.test(size)
        ? Math.min(Number(size), MAX_TOP)
        : undefined,
    isCreateIfMissing: values.get('create-if-missing') === '',
    isContinueOnError: ['', 'true'].includes(values.get('continue-on-error') ?? 'false'),
  };
}

/** Without its parameters. */
function readPreference(text: string): [name: string, value: string] {
  const [name, value] = parsePair(splitParameters(text)[0] ?? '');
  return [name.replace(/^odata\./, ''), value.trim().toLowerCase()];
}
