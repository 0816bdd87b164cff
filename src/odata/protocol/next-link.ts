/**
 * The query of the link to the next page (OData 4.01 Protocol, 11.2.6.7): all that was asked for,
 * from another place on.
 */
import { isOption, type QueryOptions } from './query-options.js';

/** What a client may send as it is, and a URI cannot hold in its query (RFC 3986, 3.4). */
const FOREIGN_TO_QUERIES = /[^\w.~!$&'()*+,;=:@/?%-]+/gu;

/**
 * Options stay as they were written: encoded anew they could be three times as long, and the link
 * longer than a URL may be.
 */
export function toNextLinkOptions({ written }: QueryOptions, token: string): string {
  // What was skipped is behind the position; the position before is past.
  const kept = written.filter(([name]) => !isOption(name, 'skip') && !isOption(name, 'skiptoken'));
  return [
    ...kept.map(([, option]) => option.replace(FOREIGN_TO_QUERIES, encodeURIComponent)),
    `$skiptoken=${token}`,
  ].join('&');
}
