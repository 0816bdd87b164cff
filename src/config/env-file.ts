/** `.env`: from bytes to settings, and to a warning for each line that is none. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

interface EnvFile {
  settings: NodeJS.Dict<string>;
  warnings: string[];
}

/**
 * A value in quotes may go on over several lines, none of which looks like another setting: then
 * the quote was not closed.
 */
const QUOTED = ['"', "'", '`'].map(
  (quote) => String.raw`${quote}(?:[^${quote}\n]|\n(?![ \t]*[A-Z]\w*=))*${quote}[^\n]*`,
);
const NAME = String.raw`(?:export[ \t]+)?[\w.-]+[ \t]*=`;
const PLAIN = String.raw`[^"'\`\n \t][^\n]*`;
const SETTING = new RegExp(
  String.raw`^[ \t]*${NAME}[ \t]*(?:${QUOTED.join('|')}|${PLAIN})?$`,
  'gm',
);
/** Blanks of other kinds are none to Node. */
const NO_SETTING = /^[ \t]*[^ \t#]/;

const CURE = 'write NAME=value, with quotes that are closed, or # in front of it';

/** Throws one sentence where it cannot be read. */
export function readEnvFile(): EnvFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { settings: {}, warnings: [] };
    throw new Error(`.env cannot be read (${(error as Error).message})`, { cause: error });
  }
  return parseEnvFile(bytes);
}

/** Throws where it is no text in UTF-8: Node would find no settings in it, and say nothing. */
export function parseEnvFile(bytes: Uint8Array): EnvFile {
  const text = decode(bytes).replace(/\r\n?/g, '\n');
  const settings = text.match(SETTING) ?? [];
  const others = text.replace(SETTING, (setting) => setting.replace(/[^\n]/g, '')).split('\n');
  return {
    // Without the other lines: Node 20 takes one for the beginning of the name on the next.
    settings: parseEnv(settings.join('\n')),
    // By its number only: what it holds may be a secret.
    warnings: others.flatMap((line, i) =>
      NO_SETTING.test(line) ? [`line ${String(i + 1)} of .env is no setting: ${CURE}`] : [],
    ),
  };
}

/** A byte order mark of UTF-8 is left out. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw new Error('.env is UTF-16: save it as UTF-8');
  if (bytes.includes(0)) {
    throw new Error('.env holds NUL bytes, as UTF-16 and broken files do: save it as UTF-8');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error('.env is not UTF-8: save it as UTF-8', { cause });
  }
}
