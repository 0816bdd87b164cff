/** The `Prefer` header (RFC 7240; OData 4.01 Protocol, 8.2.8). Preferences that are not known are ignored, as both texts say. */

export interface Preferences {
  return: 'minimal' | 'representation' | undefined;
}

const NO_PREFERENCES: Preferences = { return: undefined };

/** The first mention of a preference counts (RFC 7240, section 2). */
export function parsePreferences(header: string | undefined): Preferences {
  if (header === undefined) return NO_PREFERENCES;
  const match = /(?:^|[,;])\s*return\s*=\s*"?(minimal|representation)"?\s*(?=$|[,;])/i.exec(header);
  return { return: match?.[1]?.toLowerCase() as Preferences['return'] };
}
