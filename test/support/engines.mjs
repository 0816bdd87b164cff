/**
 * Which files run on which engine: all that are not named here on both. A file is named where no
 * answer in it depends on the database, and it is dear: most start processes of their own.
 */

/** Beginnings of paths that run on SQLite alone, and why. */
export const ONCE = {
  'src/': 'functions, which no database stands behind',
  'test/auth/': 'who calls is decided before a database is asked',
  'test/cli/copy-options': 'options, which are read before a database is',
  'test/cli/reset': "each engine's own folder has what becomes of its data",
  'test/docs/adding-a-property': 'what is built and described, for every engine',
  'test/docs/clients-page': 'texts',
  'test/docs/docs': 'texts',
  'test/docs/readme': 'the commands of a first day, which is on SQLite',
  'test/faults/linear-parsing': 'functions, which no database stands behind',
  'test/faults/memory': 'what a caller can make the process hold before it stores anything',
  'test/faults/resets': 'connections of callers',
  'test/graph-clients/': 'clients of others, to which the bytes of each engine are the same',
  'test/http/bodies': 'bodies, before anything is stored',
  'test/http/connections': 'connections of callers',
  'test/http/cors': 'headers',
  'test/http/fastify-hooks': 'the edge of the process',
  'test/http/hosts': 'headers',
  'test/http/last-error': 'the edge of the process',
  'test/http/log': 'the form of the log',
  'test/http/smuggling': 'connections of callers',
  'test/odata/index-range': 'functions, which no database stands behind',
  'test/openapi/': 'a document, and examples of what other tests ask for on both',
  'test/process/': 'the process: its start, output, certificate and end',
  'test/scheduling/rate-limits': 'counters of the process',
};

/** What is of one engine: its folders; what copies between both runs where both are. */
const OWN = {
  sqlite: ['test/database/sqlite/'],
  postgres: ['test/database/postgres/', 'test/cli/copy.e2e-spec'],
};

/** What does not run on an engine: beginnings of paths. */
export function pathsWithout(engine) {
  const others = Object.entries(OWN).filter(([other]) => other !== engine);
  return [
    ...others.flatMap(([, paths]) => paths),
    ...(engine === 'sqlite' ? [] : Object.keys(ONCE)),
  ];
}
