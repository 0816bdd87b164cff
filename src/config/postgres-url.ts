/**
 * `postgres://user:password@host:port,host:port/database?parameter=value`, as libpq reads it
 * (postgresql.org/docs/current/libpq-connect.html, "Connection URIs"). Whatever is wrong with one
 * is said without the URL, which has a password.
 */

export interface PostgresServer {
  /** A name, an address, or the folder of a Unix socket. */
  host: string;
  port: number;
}

/** `require` trusts whoever answers; `verify-ca` asks for the chain, `verify-full` the name too. */
type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface PostgresSettings {
  engine: 'postgres';
  /** In the order in which they are asked. */
  servers: readonly PostgresServer[];
  database: string;
  user: string | undefined;
  password: string | undefined;
  sslMode: SslMode;
  /** Files of PEM. */
  sslRootCert: string | undefined;
  sslCert: string | undefined;
  sslKey: string | undefined;
  /** Whether a server is left for the next one where it takes no writes. */
  isPrimarySought: boolean;
  applicationName: string;
  /** Options of the server's command line, such as `-c search_path=x`. */
  options: string | undefined;
}

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<account>[^@/?#]*)@)?(?<hosts>[^@/?#]*)(?:\/(?<database>[^@/?#]*))?(?:\?(?<query>[^@#]*))?$/;
const HOST = /^(?:\[(?<address>[\da-f:.]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{1,5}))?$/i;
const DEFAULT_PORT = 5432;
const MAX_PORT = 65_535;
const APPLICATION_NAME = 'user-statuses';

const SSL_MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full'];
const SESSION_ATTRIBUTES: readonly string[] = ['any', 'read-write', 'primary'];
const PARAMETERS: readonly string[] = [
  'application_name',
  'host',
  'options',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'target_session_attrs',
];

export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:/.test(url);
}

/** As the URL has it. */
export function toHostAndPort({ host, port }: PostgresServer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** Throws what is wrong, as the rest of a sentence that begins with the name of the setting. */
export function parsePostgresUrl(url: string): PostgresSettings {
  const parts = FORM.exec(url)?.groups;
  if (parts === undefined) {
    throw new Error(
      "must be 'postgres://user:password@host:port/database?parameters', with what a user or a " +
        "password has of '@', ':', '/', '?', '#' and '%' written as '%40', '%3A', '%2F', '%3F', " +
        "'%23' and '%25'",
    );
  }
  const { account, hosts = '', database = '', query = '' } = parts;
  if (database === '') throw new Error("names no database: end it with '/<database>'");
  const parameters = parseParameters(query);
  const [user, password] = parseAccount(account);
  const servers = parseServers(hosts || (parameters.get('host') ?? ''));
  return {
    engine: 'postgres',
    servers,
    database: decode(database),
    user,
    password,
    ...parseTls(parameters),
    isPrimarySought: isPrimarySought(parameters, servers),
    applicationName: parameters.get('application_name') ?? APPLICATION_NAME,
    options: parameters.get('options'),
  };
}

function parseAccount(account: string | undefined): (string | undefined)[] {
  if (account === undefined) return [];
  const [user = '', ...rest] = account.split(':');
  if (rest.length > 1) throw new Error("has a ':' in its password: write it as '%3A'");
  return [user, ...rest].map((text) => (text === '' ? undefined : decode(text)));
}

function parseServers(hosts: string): PostgresServer[] {
  return hosts.split(',').map((text) => {
    const { address, name = '', port } = HOST.exec(text)?.groups ?? {};
    const server = {
      host: address ?? (name === '' ? 'localhost' : decode(name)),
      port: Number(port ?? DEFAULT_PORT),
    };
    const isKnown = HOST.test(text) && server.port > 0 && server.port <= MAX_PORT;
    if (isKnown) return server;
    throw new Error(
      `must not name the host '${show(text)}': write 'host' or 'host:port', the port from 1 to ` +
        `${String(MAX_PORT)}, with commas between several, and an address of IPv6 as '[::1]'`,
    );
  });
}

function parseParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const text of query.split('&').filter(Boolean)) {
    const [name, value] = splitOnce(text, '=').map(decode) as [string, string];
    if (!PARAMETERS.includes(name)) {
      throw new Error(
        `has the parameter '${show(name)}', which is not known here: it may have ` +
          PARAMETERS.join(', '),
      );
    }
    if (parameters.has(name)) throw new Error(`has the parameter '${name}' twice`);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function parseTls(
  parameters: ReadonlyMap<string, string>,
): Pick<PostgresSettings, 'sslMode' | 'sslRootCert' | 'sslCert' | 'sslKey'> {
  const sslMode = oneOf('sslmode', parameters, SSL_MODES) ?? 'disable';
  const [sslRootCert, sslCert, sslKey] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) =>
    parameters.get(name),
  );
  const named = ['sslrootcert', 'sslcert', 'sslkey'].find((name) => parameters.has(name));
  if (sslMode === 'disable' && named !== undefined) {
    throw new Error(`has '${named}' and no TLS: add 'sslmode=verify-full'`);
  }
  if ((sslCert === undefined) !== (sslKey === undefined)) {
    throw new Error("must have 'sslcert' and 'sslkey' both, or neither");
  }
  if (sslMode === 'verify-ca' && sslRootCert === undefined) {
    throw new Error(
      "has 'sslmode=verify-ca' and no 'sslrootcert': with the authorities that everybody " +
        "trusts, anybody can have a certificate; add it, or write 'sslmode=verify-full'",
    );
  }
  return { sslMode: sslMode as SslMode, sslRootCert, sslCert, sslKey };
}

function isPrimarySought(
  parameters: ReadonlyMap<string, string>,
  servers: readonly PostgresServer[],
): boolean {
  const attributes = oneOf('target_session_attrs', parameters, SESSION_ATTRIBUTES);
  return attributes === undefined ? servers.length > 1 : attributes !== 'any';
}

function oneOf(
  name: string,
  parameters: ReadonlyMap<string, string>,
  known: readonly string[],
): string | undefined {
  const value = parameters.get(name);
  if (value === undefined || known.includes(value)) return value;
  throw new Error(`has '${name}=${show(value)}': it may be ${known.join(', ')}`);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("has a '%' that begins no code: write '%25' for it");
  }
}

/** Without what has a meaning to the templates of messages, where `$value` is the whole URL. */
function show(text: string): string {
  return text.replaceAll(/[^\w.:%[\]-]/g, '?');
}
