/** What seeded rows hold: expressions of PostgreSQL over the row's number `n`, like those for SQLite. */

/** A number that looks like chance: 32 bits, another for each of the first 2^32 rows (Knuth's multiplicative hash). */
const SCATTERED = '(n * 2654435761 & 4294967295)';

/** Within 2026. */
const SECONDS = '(1767225600 + n * 7919 % 31536000)';
const FRACTION = `lpad((n * 104729 % 10000000)::text, 7, '0')`;

/** As src/odata/date-time-offset.ts counts: from a day before year 0, in twelve digits. */
const INSTANT_SHIFT_SECONDS = 62_167_219_200 + 86_400;

const hex = (number: string, digits: number): string => `lpad(to_hex(${number}), ${digits}, '0')`;

const USER = hex(SCATTERED, 8);

/** By column. The number of the collection is the first parameter. */
export const VALUES: Record<string, string> = {
  collection_id: '$1::bigint',
  id: `${hex('26083328 + (n >> 16)', 8)} || '-' || ${hex('n & 65535', 4)} || '-7000-8000-' || ${hex(SCATTERED, 12)}`,
  devices_count: 'n % 7 + 1',
  last_reported_date_time: `to_char(to_timestamp(${SECONDS}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.') || ${FRACTION} || 'Z'`,
  last_reported_instant: `lpad((${SECONDS} + ${INSTANT_SHIFT_SECONDS})::text, 12, '0') || rtrim(${FRACTION}, '0')`,
  status: `(${SCATTERED} >> 16) % 8`,
  user_display_name: `'User ' || ${USER} || ' ' || n`,
  user_principal_name: `${USER} || '.' || n || '@contoso.example'`,
  revision: '1767225600000000 + n',
};

/** `rootCertificate`, as src/user-statuses/navigations.ts numbers it. */
export const NAVIGATION = 1;
