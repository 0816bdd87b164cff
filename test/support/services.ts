/** What `services.mjs` has made before the first test. */
interface Services {
  /** The key that signs the tokens of all services of the tests. */
  keyFile: string;
  /** A token that may write, and one that may only read. */
  token: string;
  readToken: string;
  sqlite: Service[];
  postgres: Service[];
}

/** The service of one of Jest's workers. */
interface Service {
  url: string;
  dataDir: string;
  env: Record<string, string>;
}

export const SERVICES = JSON.parse(process.env.TEST_SERVICES!) as Services;

/** For every service that `startService` starts with no key of its own. */
export const TOKEN = SERVICES.token;
