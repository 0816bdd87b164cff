/** The `Prefer` header (RFC 7240; OData 4.01 Protocol, 8.2.8). Preferences that are not known are ignored, as both texts say. */

import { splitList } from './header-list.js';

export interface Preferences {
  return: 'minimal' | 'representation' | undefined;
  /** The most entities on a page. */
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

const PREFERENCE = /^(?:odata\.)?([^\s=;]+)\s*(?:=\s*"?([^";\s]*)"?)?\s*(?:;|$)/i;

/** The first mention of a preference counts (RFC 7240, section 2). What follows a semicolon is a parameter of it. */
export function parsePreferences(header: string | undefined): Preferences {
  if (header === undefined) return NO_PREFERENCES;
  const values = new Map<string, string>();
  for (const preference of splitList(header)) {
    const [, name, value = ''] = PREFERENCE.exec(preference) ?? [];
    const key = name?.toLowerCase();
    if (key !== undefined && !values.has(key)) values.set(key, value.toLowerCase());
  }
  const returned = values.get('return');
  const size = values.get('maxpagesize');
  return {
    return: returned === 'minimal' || returned === 'representation' ? returned : undefined,
    maxPageSize: size !== undefined && /^[1-9]\d{0,8}$/.test(size) ? Number(size) : undefined,
    isCreateIfMissing: values.get('create-if-missing') === '',
    isContinueOnError: ['', 'true'].includes(values.get('continue-on-error') ?? 'false'),
  };
}
