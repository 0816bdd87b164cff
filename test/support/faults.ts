const IS_FULL = process.env.FAULTS === 'full';

/** How much a test of faults asks for: little in `npm test`, and what it is meant for in `npm run test:faults`. */
export function scale<T>(short: T, full: T): T {
  return IS_FULL ? full : short;
}
