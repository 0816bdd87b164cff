/**
 * Where the build put the threads, which are files of their own: seen from the bundle, from the
 * compiled modules, and from a test runner that compiles in memory.
 */
export const BUILD_FOLDER = import.meta.url.replace(
  /\/(?:dist\/bundle|(?:dist\/)?src\/database\/threads)\/[^/]+$/,
  '/dist/',
);
