/** The query of the link to the next page (OData 4.01 Protocol, 11.2.6.7): all that was asked for, from another place on. */
import { isOption, type QueryOptions } from './query-options.js';

export function toNextLinkOptions({ written }: QueryOptions, token: string): string {
  // What was skipped is behind the position; the position before is past.
  const kept = written.filter(([name]) => !isOption(name, 'skip') && !isOption(name, 'skiptoken'));
  return [...kept, ['$skiptoken', token] as const]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** Characters that a query may hold as they are stay as they are: links are read by people, too. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%24', '$')
    .replaceAll('%40', '@')
    .replaceAll('%2C', ',');
}
