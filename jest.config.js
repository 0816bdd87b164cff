import { availableParallelism } from 'node:os';

/** Everything runs as ES modules, compiled file by file; `npm run check:types` checks the types. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.{spec,e2e-spec}.ts'],
  // A package of its own, with tens of thousands of files.
  modulePathIgnorePatterns: ['<rootDir>/test/clients/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': ['ts-jest', { useESM: true }] },
  globalSetup: './test/support/start-services.mjs',
  globalTeardown: './test/support/stop-services.mjs',
  testTimeout: 30_000,
  // The tests wait for processes, sockets and disks as much as they compute. A number: Jest reads
  // more than '100%' as so many workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
};
