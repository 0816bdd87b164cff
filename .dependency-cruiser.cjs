/** The direction of dependencies, as ARCHITECTURE.md draws it. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'graph-error-imports-nothing',
      severity: 'error',
      from: { path: '^src/errors/graph-error\\.ts$' },
      to: {},
    },
    {
      name: 'odata-is-a-library-of-its-own',
      comment:
        'odata knows itself, the error class, the turns of callers, a distance of words, and what Node has without side effects.',
      severity: 'error',
      from: { path: '^src/odata/', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: [
          '^src/odata/',
          '^src/errors/graph-error\\.ts$',
          '^src/scheduling/call-context\\.ts$',
          '^(?:node:)?(?:crypto|zlib)$',
          '^node_modules/leven/',
        ],
      },
    },
    {
      name: 'entities-import-typeorm-only',
      comment: 'And the types of what a row has, which the compiler compares them with.',
      severity: 'error',
      from: { path: '\\.entity\\.ts$' },
      to: {
        pathNot: ['^node_modules/typeorm/', '^src/entity-sets/entity-shapes\\.ts$', '\\.set\\.ts$'],
      },
    },
    {
      name: 'features-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(user-statuses|batch|health)/' },
      to: { path: '^src/(user-statuses|batch|health)/', pathNot: '^src/$1/' },
    },
    {
      name: 'metadata-reads-the-model',
      comment: 'The tables that the features work with, and nothing that does work.',
      severity: 'error',
      from: { path: '^src/metadata/' },
      to: {
        path: '^src/(user-statuses|entity-sets|batch|health|database|config)/',
        pathNot:
          '^src/batch/batch-item\\.ts$|^src/entity-sets/(entity-set|entity-set\\.url|overview-type|collection)\\.ts$',
      },
    },
    {
      name: 'nothing-builds-on-metadata',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(metadata/|app\\.module\\.ts$|resources\\.ts$)' },
      to: { path: '^src/metadata/' },
    },
    {
      name: 'the-foundation-knows-no-feature',
      severity: 'error',
      from: {
        path: '^src/(config|database|errors|http|odata|auth|openapi|scheduling|operations|entity-sets)/',
      },
      to: {
        path: '^src/(user-statuses|batch|health|cli)/|^src/(app|app\\.module|model|serve|main|tables)\\.ts$',
      },
    },
    {
      name: 'config-is-the-root',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/', pathNot: '^src/config/' },
    },
    {
      name: 'a-database-is-seen-through-its-seam',
      comment: 'Queries, writes, change sets, and the module that provides them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(database|cli)/' },
      to: {
        path: '^src/database/',
        pathNot: '^src/database/(database|query|table|write|change-set|database\\.module)\\.ts$',
      },
    },
    {
      name: 'an-engine-is-named-in-one-place',
      severity: 'error',
      from: { path: '^(src/|ormconfig)', pathNot: '^src/database/([^/]+/|engines\\.ts$)' },
      to: { path: '^src/database/[^/]+/' },
    },
    {
      name: 'engines-do-not-know-each-other',
      comment:
        'What PostgreSQL cannot say exactly, SQLite judges: by its dialect, and on a connection.',
      severity: 'error',
      from: { path: '^src/database/([^/]+)/' },
      to: {
        path: '^src/database/[^/]+/',
        pathNot: [
          '^src/database/$1/',
          '^src/database/threads/',
          '^src/database/sqlite/(sqlite-dialect|query-runner|sqlite-driver)\\.ts$',
        ],
      },
    },
    {
      name: 'only-its-engine-knows-a-driver',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/sqlite/' },
      to: { path: '^node_modules/better-sqlite3' },
    },
    {
      name: 'only-its-engine-knows-a-driver-of-postgresql',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/postgres/' },
      to: { path: '^node_modules/(?:@types/)?pg/' },
    },
    {
      name: 'controllers-see-no-entity',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.entity\\.ts$' },
    },
    {
      name: 'production-needs-no-development-dependency',
      severity: 'error',
      from: { path: '^(src|ormconfig\\.ts)', pathNot: '\\.spec\\.ts$' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
