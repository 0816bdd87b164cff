/** The members of a JSON batch and of its requests, as generously as Graph reads them. */
import { GraphError, shorten } from '../errors/graph-error.js';
import { batchFault } from './batch-item.js';

/** By the names that are known, each of them once. */
export type Members<Name extends string> = Readonly<Partial<Record<Name, unknown>>>;

/** What OData has besides (JSON Format 4.01, 19.1), and nothing here has. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([['if', "use 'dependsOn'"]]);

/**
 * Names are taken in any case, and null is like nothing. Nothing is ignored but annotations: what
 * is not known could change what the others mean. `shape` says what the value is to be.
 */
export function readMembers<Name extends string>(
  value: unknown,
  names: readonly Name[],
  shape: string,
): Members<Name> {
  const members: Partial<Record<Name, unknown>> = {};
  for (const [written, member] of Object.entries(toObject(value, shape))) {
    const name = names.find((each) => each === written) ?? findFolded(names, written);
    if (name === undefined) refuseUnknown(written, member, shape);
    else if (name in members) throw batchFault(`The batch names '${shorten(written)}' twice`);
    else members[name] = member;
  }
  return members;
}

export function toObject(value: unknown, shape: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw batchFault(shape);
}

function findFolded<Name extends string>(
  names: readonly Name[],
  written: string,
): Name | undefined {
  const folded = written.toLowerCase();
  return names.find((name) => name.toLowerCase() === folded);
}

function refuseUnknown(name: string, value: unknown, shape: string): void {
  if (name.includes('@')) return;
  const advice = UNSUPPORTED.get(name.toLowerCase());
  if (advice === undefined) throw batchFault(`There is no member '${shorten(name)}'. ${shape}`);
  if (value === null) return;
  throw new GraphError('NotImplemented', `'${name}' is not supported: ${advice}.`, {
    target: name,
  });
}

/** A name that may be written as an integer; `undefined` for what is neither. */
export function readName(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
