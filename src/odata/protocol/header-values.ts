/**
 * The values of header fields: lists (RFC 9110, 5.6.1), parameters (5.6.6), media types (8.3.1) and
 * what `Accept` makes of them (12.5.1). Spaces around `=` are taken: some clients send them.
 */

/** A separator inside a quoted string separates nothing. What parameters belong to may be empty. */
const MEMBERS = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETERS = /^[^;]*|(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

/** `name=value`, `name="value"` or `name`. */
const PAIR = /^([^\s="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?$/s;
const WEIGHT = /^\d+(?:\.\d+)?/;

export interface MediaType {
  /** Such as `application/json`, in lower case. */
  name: string;
  /** By name in lower case. */
  parameters: ReadonlyMap<string, string>;
}

/** Media types that are taken. */
export interface MediaRange extends MediaType {
  /** How much wider it is than the type that was asked about: by 0, by 1 (`text/*`) or 2 (any). */
  distance: number;
  /** 0 is a refusal, 1 the greatest (12.4.2). */
  weight: number;
}

/** The members of a list, without those that are empty. */
export function splitList(header: string): string[] {
  return split(header, MEMBERS).filter((member) => member !== '');
}

/** What the parameters belong to, then each of them. */
export function splitParameters(text: string): string[] {
  return split(text, PARAMETERS);
}

function split(text: string, pieces: RegExp): string[] {
  return (text.match(pieces) ?? []).map((piece: string) => piece.trim());
}

/** The name in lower case and the value without quotes. What is malformed has neither. */
export function parsePair(text: string): [name: string, value: string] {
  const [, name = '', quoted, plain = ''] = PAIR.exec(text) ?? [];
  return [name.toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? plain];
}

/** The first of two parameters with one name counts. */
export function parseMediaType(text: string): MediaType {
  const [name = '', ...pairs] = splitParameters(text);
  const parameters = new Map<string, string>();
  for (const [parameter, value] of pairs.map(parsePair)) {
    if (value !== '' && !parameters.has(parameter)) parameters.set(parameter, value);
  }
  return { name: name.toLowerCase(), parameters };
}

/** The ranges that take a media type, the closest first. An empty `Accept` is like none. */
export function rangesThatTake(mediaType: string, accept = ''): MediaRange[] {
  const names = [mediaType, mediaType.replace(/\/.*/, '/*'), '*/*'];
  const members = splitList(accept);
  return (members.length === 0 ? ['*/*'] : members)
    .map(parseMediaType)
    .map(({ name, parameters }) => ({
      name,
      parameters,
      distance: names.indexOf(name),
      weight: Number(WEIGHT.exec(parameters.get('q') ?? '')?.[0] ?? 1),
    }))
    .filter(({ distance }) => distance !== -1)
    .sort((a, b) => a.distance - b.distance || b.weight - a.weight);
}

/** How welcome a media type is, from 0 to 1: the closest of the ranges that take it decides. */
export function weightOf(mediaType: string, accept: string | undefined): number {
  return rangesThatTake(mediaType, accept)[0]?.weight ?? 0;
}

export function isAccepted(mediaType: string, accept: string | undefined): boolean {
  return weightOf(mediaType, accept) > 0;
}
