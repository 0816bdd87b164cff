/** The `Prefer` header (RFC 7240; OData 4.01 Protocol, 8.2.8). Preferences that are not known are ignored, as both texts say. */

import { splitList } from './header-list.js';

export interface Preferences {
  return: 'minimal' | 'representation' | undefined;
}

const NO_PREFERENCES: Preferences = { return: undefined };

/** The first mention of a preference counts (RFC 7240, section 2). What follows a semicolon is a parameter of it. */
export function parsePreferences(header: string | undefined): Preferences {
  if (header === undefined) return NO_PREFERENCES;
  for (const preference of splitList(header)) {
    const match = /^return\s*=\s*"?([^";\s]*)"?\s*(?:;|$)/i.exec(preference);
    if (match === null) continue;
    const value = match[1]!.toLowerCase();
    return value === 'minimal' || value === 'representation' ? { return: value } : NO_PREFERENCES;
  }
  return NO_PREFERENCES;
}
