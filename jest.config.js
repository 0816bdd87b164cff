import { availableParallelism } from 'node:os';

import { pathsWithout } from './test/support/engines.mjs';

/** Everything runs as ES modules: the service's as they were built, the tests' without their types. */
function projectOf(engine) {
  return {
    displayName: engine,
    globals: { TEST_ENGINE: engine },
    testEnvironment: 'node',
    testMatch: ['<rootDir>/{src,test}/**/*.{spec,e2e-spec}.ts'],
    testPathIgnorePatterns: [
      '/node_modules/',
      ...pathsWithout(engine).map((path) => `^<rootDir>/${path}`),
    ],
    // A package of its own, with tens of thousands of files.
    modulePathIgnorePatterns: ['<rootDir>/test/clients/'],
    extensionsToTreatAsEsm: ['.ts'],
    resolver: './test/support/resolve.mjs',
    transform: { '\\.ts$': './test/support/compile.mjs' },
    globalSetup: `./test/support/start-${engine}.mjs`,
    globalTeardown: './test/support/stop-services.mjs',
  };
}

/** The same tests on every engine (`test/support/engines.mjs`). */
export default {
  projects: [projectOf('sqlite'), projectOf('postgres')],
  testTimeout: 30_000,
  // The tests wait for processes, sockets and disks as much as they compute. A number: Jest reads
  // more than '100%' as so many workers.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
};
