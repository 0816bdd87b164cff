/**
 * The kinds of settings: of which variable, what its text becomes, what is said where it is wrong.
 * Where the variable is absent or blank, the field keeps its default.
 */
import { Expose, Transform } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min, ValidateBy, type ValidationArguments } from 'class-validator';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;
const HOME = /^(?:\w+:)?~(?:\/|$)/;
/** A name or an address, without a port; `*.` in front of a name for all below it. */
const HOST_PATTERN = /^(?:(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/** `convert` gives `null` for a text that it cannot read: every rule on the field refuses that. */
export function Env(
  name: string,
  convert: (text: string) => unknown = (text) => text,
): PropertyDecorator {
  const toValue = (text: string): unknown => (text === '' ? undefined : convert(text));
  return all(
    Expose({ name }),
    Transform(({ value }) => toValue(String(value ?? '').trim()), { toClassOnly: true }),
  );
}

/** A rule that may look at the other settings. The types are those of the field and its class. */
export function Must(
  message: string | ((rule: ValidationArguments) => string),
  isMet: (value: never, settings: never) => boolean,
): PropertyDecorator {
  const validate = (value: unknown, rule?: ValidationArguments): boolean =>
    isMet(value as never, rule?.object as never);
  // Of two rules with one name, a field would report one.
  return ValidateBy({ name: String(message), validator: { validate } }, { message });
}

export function Integer(name: string, min: number, max: number, unit = 1): PropertyDecorator {
  const rule = { message: `${name} must be an integer from ${String(min)} to ${String(max)}` };
  const convert = (text: string): number | null =>
    /^\d+$/.test(text) ? unit * Number(text) : null;
  return all(Env(name, convert), IsInt(rule), Min(unit * min, rule), Max(unit * max, rule));
}

/** Written in seconds, kept in milliseconds. */
export function Seconds(name: string, min: number, max: number): PropertyDecorator {
  return Integer(name, min, max, 1000);
}

export function Flag(name: string): PropertyDecorator {
  return all(
    Env(name, (text) => (text === 'true' || text === 'false' ? text === 'true' : null)),
    IsBoolean({ message: `${name} must be 'true' or 'false'` }),
  );
}

/** A path, or a URL of one. No shell is here that would make a folder of `~`. */
export function Path(name: string): PropertyDecorator {
  const message = `${name} '$value' begins with '~', which means nothing here: write the path`;
  return all(
    Env(name),
    Must(message, (text: string) => !HOME.test(text)),
  );
}

/** It stays text: an issuer is compared to the letter. `parseUrl` reads it. */
export function Url(name: string): PropertyDecorator {
  const message = `${name} must be an http or https URL without query, fragment or password`;
  return all(
    Env(name),
    Must(message, (text: string) => parseUrl(text) !== undefined),
  );
}

/** One that may have a query. */
export function UrlWithQuery(name: string): PropertyDecorator {
  const message = `${name} must be an http or https URL without fragment or password`;
  return all(
    Env(name),
    Must(message, (text: string) => parseUrlWithQuery(text) !== undefined),
  );
}

/** Of a URL that keys or tokens depend on: https, unless nothing leaves the machine. */
export function Trusted(name: string): PropertyDecorator {
  const message = `${name} must be an https URL (http is for loopback only)`;
  const isTrusted = (url?: URL): boolean => url?.protocol !== 'http:' || isLoopback(url.hostname);
  return Must(message, (text: string) => isTrusted(parseUrlWithQuery(text)));
}

/** With commas between its members. */
export function List(name: string): PropertyDecorator {
  return Env(name, splitAtCommas);
}

export function HostPatterns(name: string): PropertyDecorator {
  return ListOfNames(name, (host) =>
    HOST_PATTERN.test(host)
      ? undefined
      : 'it is a list of host names with commas between them, such as ' +
        "'graph.example.com,*.example.net', without ports",
  );
}

/** What browsers send as `Origin` (RFC 6454, 6.2), or `*` alone. */
export function Origins(name: string): PropertyDecorator {
  return ListOfNames(name, (text, { length }) => {
    if (text === '*') return length === 1 ? undefined : 'it is for any origin, and stands alone';
    const origin = toOrigin(text.includes('://') ? text : `https://${text}`);
    if (origin === text) return undefined;
    return origin === undefined || text === 'null'
      ? "it is a list of origins, each in full, such as 'https://portal.example.com', or '*'"
      : `write '${origin}'`;
  });
}

/** Texts with commas between them, in lower case. `findFault` says what is wrong with one. */
function ListOfNames(
  name: string,
  findFault: (text: string, all: readonly string[]) => string | undefined,
): PropertyDecorator {
  const findFaults = (texts: string[]): string[] =>
    texts.flatMap((text) => {
      const fault = findFault(text, texts);
      return fault === undefined ? [] : [`${name} must not hold '${text}': ${fault}`];
    });
  return all(
    Env(name, (text) => splitAtCommas(text.toLowerCase())),
    Must(
      ({ value }) => findFaults(value as string[]).join('; '),
      (texts: string[]) => findFaults(texts).length === 0,
    ),
  );
}

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

export function parseUrl(text = ''): URL | undefined {
  const url = parseUrlWithQuery(text);
  return url?.search === '' ? url : undefined;
}

export function parseUrlWithQuery(text = ''): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && !url.hash && !url.username && !url.password ? url : undefined;
}

function splitAtCommas(text: string): string[] {
  return text.split(/\s*,\s*/).filter(Boolean);
}

/** Scheme and host of a URL, and the port that it does not go without; nothing of what is none. */
function toOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const hasHost = url !== undefined && url.host !== '' && !url.host.includes('*');
  return hasHost ? `${url.protocol}//${url.host}` : undefined;
}

/** Nest's `applyDecorators`, without the rest of Nest: `npm run token` reads the settings, too. */
export function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, field) => {
    for (const decorate of decorators) decorate(target, field);
  };
}
