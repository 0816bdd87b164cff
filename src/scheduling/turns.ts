/**
 * The turns of the event loop. Who has much to do in it does a part in each, so that between two
 * parts all else that has come is served: while changes are under way, one part; else, because what
 * waits costs memory, as many as nobody else notices.
 */
import type { CallContext } from './call-context.js';

/**
 * How long parts may follow one another where no change is under way. A request that comes
 * meanwhile waits for so long.
 */
const MAX_UNDISTURBED_MS = 30;

/** How many parts that waited go on in one turn then. */
const MAX_UNDISTURBED_PARTS = 8;

/** What waits, by caller; the one whose turn is next comes first. */
const lines = new Map<string, (() => void)[]>();

/** When the first part of the present turn began; `undefined` before. */
let beganAt: number | undefined;

/** Who sends one change after the other has none under way in between. */
const MAX_PAUSE_BETWEEN_CHANGES_MS = 100;

let changedAt = -Infinity;

/**
 * Takes note of a change that is asked for: those who make changes do not wait for those who read.
 */
export function noteChange(): void {
  changedAt = performance.now();
}

/** Whether nobody makes changes just now. */
export function isUndisturbed(): boolean {
  return performance.now() - changedAt > MAX_PAUSE_BETWEEN_CHANGES_MS;
}

/** Resolves, or returns, when the caller may go on. Throws where its time is over. */
export function takeTurn(context: CallContext): void | Promise<void> {
  context.check();
  const isFree =
    beganAt === undefined ||
    (lines.size === 0 && performance.now() - beganAt < MAX_UNDISTURBED_MS && isUndisturbed());
  if (!isFree) return waitForTurn(context);
  if (beganAt === undefined) begin();
}

function begin(): void {
  beganAt = performance.now();
  setImmediate(end);
}

/** The next turn begins with who waits, one caller after the other. */
function end(): void {
  beganAt = undefined;
  if (lines.size === 0) return;
  begin();
  for (let parts = isUndisturbed() ? MAX_UNDISTURBED_PARTS : 1; parts > 0; parts -= 1) {
    const [first] = lines;
    if (first === undefined) return;
    const [caller, line] = first;
    const resolve = line.shift()!;
    // The caller's next part comes behind everybody else's.
    lines.delete(caller);
    if (line.length > 0) lines.set(caller, line);
    resolve();
  }
}

async function waitForTurn(context: CallContext): Promise<void> {
  const { caller } = context;
  const since = performance.now();
  await new Promise<void>((resolve) => {
    const line = lines.get(caller);
    if (line === undefined) lines.set(caller, [resolve]);
    else line.push(resolve);
  });
  context.noteWait(performance.now() - since);
  context.check();
}
