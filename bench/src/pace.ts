/** How long is measured, and on how many rows. */
export interface Pace {
  isQuick: boolean;
  rounds: number;
  /** Of a round, for each contender. */
  seconds: number;
  /** Until the hot code is compiled. */
  warmUpSeconds: number;
  /** Rows in the collections that GET and list read. */
  readRows: number;
  /** Rows of a service that has long been in use, in `STORED_COLLECTIONS`. */
  storedRows: number;
  /** Rows of a large collection, and of a small one to compare it with. */
  largeRows: number;
  smallRows: number;
  /** Of creates, until the memory is looked at. */
  memorySeconds: number;
  starts: number;
  /** How often each request is timed where its time is the measure. */
  timings: number;
}

export const STORED_COLLECTIONS = 100;

export const FULL: Pace = {
  isQuick: false,
  rounds: 5,
  seconds: 5,
  warmUpSeconds: 5,
  readRows: 10_000,
  storedRows: 10_000_000,
  largeRows: 1_000_000,
  smallRows: 10_000,
  memorySeconds: 600,
  starts: 9,
  timings: 200,
};

export const QUICK: Pace = {
  isQuick: true,
  rounds: 3,
  seconds: 0.8,
  warmUpSeconds: 1,
  readRows: 1_000,
  storedRows: 100_000,
  largeRows: 100_000,
  smallRows: 10_000,
  memorySeconds: 20,
  starts: 5,
  timings: 50,
};
