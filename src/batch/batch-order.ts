/**
 * What of a JSON batch is handled as one, and what waits for what (JSON Format 4.01, 19.1). Unlike
 * there, a request may depend on one behind it, as in Graph.
 */
import { shorten } from '../errors/graph-error.js';
import { batchFault, foldId, requireChange, type BatchItem } from './batch-item.js';

/** A request as it is written: it names what it waits for. */
export interface JsonRequest extends BatchItem {
  id: string;
  /** The name of its atomicity group. */
  group: string | undefined;
  /** The ids of requests, and names of groups. */
  waitsFor: readonly string[];
}

/** A request that knows the others. */
export interface JsonBatchItem extends JsonRequest {
  unit: JsonBatchUnit;
  /** The requests that must have succeeded before. */
  dependsOn: readonly JsonBatchItem[];
}

/** What is handled as one: a request, or a group, all of which is stored or nothing. */
export interface JsonBatchUnit {
  /** In the order that they are stored in. */
  items: readonly JsonBatchItem[];
  isGroup: boolean;
}

/** In the order of the batch. Throws where some wait for one another, or where a group is none. */
export function toJsonBatchItems(requests: readonly JsonRequest[]): JsonBatchItem[] {
  const items: JsonBatchItem[] = requests.map((request) => ({
    ...request,
    unit: { items: [], isGroup: request.group !== undefined },
    dependsOn: [],
  }));
  const byName = new Map(items.map((item) => [foldId(item.id), [item]]));
  gatherGroups(items, byName);
  for (const item of items) item.dependsOn = findAwaited(item, byName);
  const units = [...new Set(items.map(({ unit }) => unit))];
  inOrder(units, (unit) => awaitedBy(unit).map((item) => item.unit));
  for (const unit of units) {
    const isMember = (item: JsonBatchItem): boolean => item.unit === unit;
    unit.items = inOrder(unit.items, ({ dependsOn }) => dependsOn.filter(isMember));
  }
  return items;
}

/** What must have succeeded before a unit is begun. A request may wait for others of its group. */
export function awaitedBy(unit: JsonBatchUnit): JsonBatchItem[] {
  const awaited = new Set(unit.items.flatMap(({ dependsOn }) => dependsOn));
  return [...awaited].filter((item) => item.unit !== unit || !unit.isGroup);
}

/** Gives requests that are neighbours in a group one unit, which its name stands for. */
function gatherGroups(items: readonly JsonBatchItem[], byName: Map<string, JsonBatchItem[]>): void {
  let members: JsonBatchItem[] = [];
  let last: string | undefined;
  for (const item of items) {
    const group = item.group === undefined ? undefined : foldId(item.group);
    if (group === undefined || group !== last) members = [];
    last = group;
    members.push(item);
    if (members.length > 1) item.unit = members[0]!.unit;
    item.unit.items = members;
    if (group === undefined) continue;
    requireChange(item);
    if ((byName.get(group) ?? members) !== members) throw noGroup(item.group!);
    byName.set(group, members);
  }
}

function findAwaited(
  { id, waitsFor }: JsonRequest,
  byName: ReadonlyMap<string, readonly JsonBatchItem[]>,
): JsonBatchItem[] {
  // One that is named a hundred thousand times is waited for once.
  const names = new Map(waitsFor.map((name) => [foldId(name), name]));
  const found = [...names].map(([folded, name]) => {
    const items = byName.get(folded);
    if (items !== undefined) return items;
    throw batchFault(
      `Request '${shorten(id)}' depends on '${shorten(name)}', and no request of the batch has ` +
        'that id',
    );
  });
  return [...new Set(found.flat())];
}

/** Each behind what it depends on. Throws where some would wait for one another. */
function inOrder<Node extends JsonBatchItem | JsonBatchUnit>(
  nodes: readonly Node[],
  dependenciesOf: (node: Node) => readonly Node[],
): Node[] {
  const done = new Set<Node>();
  const begun = new Set<Node>();
  function visit(node: Node): void {
    if (done.has(node)) return;
    if (begun.has(node)) throw waitForOneAnother(nodes.filter((each) => begun.has(each)));
    begun.add(node);
    dependenciesOf(node).forEach(visit);
    done.add(node);
    begun.delete(node);
  }
  nodes.forEach(visit);
  return [...done];
}

function waitForOneAnother(nodes: readonly (JsonBatchItem | JsonBatchUnit)[]): Error {
  const items = nodes.flatMap((node) => ('items' in node ? node.items : [node]));
  const ids = items.map(({ id }) => `'${shorten(id)}'`).join(', ');
  return batchFault(`The requests ${ids} of the batch wait for one another`);
}

function noGroup(name: string): Error {
  return batchFault(
    `The name of the atomicityGroup '${shorten(name)}' must be no request's id, and its requests ` +
      'must stand one behind the other',
  );
}
