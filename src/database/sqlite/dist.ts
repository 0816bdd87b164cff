/** Where the build put the files that are not part of the program itself, also for a test runner that compiles in memory, and for the bundle. */
export const DIST = import.meta.url.replace(
  /\/(?:dist\/serve\.bundle\.js|(?:dist\/)?src\/database\/sqlite\/[^/]+)$/,
  '/dist/',
);
