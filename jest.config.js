/** Everything runs as ES modules, compiled file by file; `npm run check:types` checks the types. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.{spec,e2e-spec}.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': ['ts-jest', { useESM: true }] },
  globalSetup: '<rootDir>/test/support/refuse-stale-build.mjs',
  testTimeout: 30_000,
  // The tests wait for processes, sockets and disks more than they compute.
  maxWorkers: '100%',
};
