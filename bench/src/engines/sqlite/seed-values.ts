/** The values of a seeded row, as SQL over `n`, the number of the row. They vary as a load's do, and come in the order of the key. */

/** A number that looks like chance: 32 bits, another for each of the first 2^32 rows (Knuth's multiplicative hash). */
const SCATTERED = '(n * 2654435761 & 4294967295)';

/** Within 2026. */
const SECONDS = '(1767225600 + n * 7919 % 31536000)';
const FRACTION = `printf('%07d', n * 104729 % 10000000)`;

/** As src/odata/date-time-offset.ts counts: from a day before year 0, in twelve digits. */
const INSTANT_SHIFT_SECONDS = 62_167_219_200 + 86_400;

const USER = `printf('%08x', ${SCATTERED})`;

/** By column. What is the same in all rows of a collection is a parameter. */
export const VALUES: Record<string, string> = {
  collection_id: '@collectionId',
  device_configuration_id: '@deviceConfigurationId',
  navigation: '@navigation',
  id: `printf('%08x-%04x-7000-8000-%012x', 26083328 + (n >> 16), n & 65535, ${SCATTERED})`,
  devices_count: 'n % 7 + 1',
  last_reported_date_time: `strftime('%Y-%m-%dT%H:%M:%S.', ${SECONDS}, 'unixepoch') || ${FRACTION} || 'Z'`,
  last_reported_instant: `printf('%012d', ${SECONDS} + ${INSTANT_SHIFT_SECONDS}) || rtrim(${FRACTION}, '0')`,
  status: `(${SCATTERED} >> 16) % 8`,
  user_display_name: `'User ' || ${USER} || ' ' || n`,
  user_principal_name: `${USER} || '.' || n || '@contoso.example'`,
  revision: '1767225600000000 + n',
};

/** `rootCertificate`, as src/user-statuses/navigations.ts numbers it. */
export const NAVIGATION = 1;
