import { jest } from '@jest/globals';

/** Only the date is the test's: sockets and timers go on as ever. */
const REAL_TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'requestIdleCallback',
  'cancelIdleCallback',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** Stops the date, at `now` where it is given, until `passSeconds` or `releaseDate`. */
export function holdDate(now?: string): void {
  jest.useFakeTimers({
    doNotFake: [...REAL_TIMERS],
    ...(now === undefined ? {} : { now: new Date(now) }),
  });
}

/** Stops the steady clock, too, by which the service measures how long something takes. */
export function holdClocks(): void {
  jest.useFakeTimers({ doNotFake: REAL_TIMERS.filter((name) => name !== 'performance') });
}

/** Moves what is held. */
export function passSeconds(seconds: number): void {
  jest.advanceTimersByTime(seconds * 1000);
}

/** As who sets the clock of the machine, which the steady one does not follow. */
export function setDateBack(seconds: number): void {
  jest.setSystemTime(Date.now() - seconds * 1000);
}

export function releaseDate(): void {
  jest.useRealTimers();
}
