/** What each program with the unmodified graph-client begins with: only base URL, hosts and token are not those of Graph. */
import { Client, GraphError } from '@microsoft/microsoft-graph-client';

const { BASE_URL, TOKEN, COLLECTION } = process.env;

export function connect(token = TOKEN) {
  return Client.init({
    baseUrl: `${BASE_URL}/`,
    customHosts: new Set([new URL(BASE_URL).hostname]),
    authProvider: (done) => done(null, token),
  });
}

export const client = connect();

/** A request on the collection, or on what is below it. */
export function statuses(below = '') {
  return client.api(COLLECTION + below);
}

/** What the client made of a failure. */
export async function failureOf(call) {
  try {
    return { succeeded: (await call) ?? null };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { statusCode, code, message, requestId, date, body } = error;
    // Where no answer came, the body is a text of the client's own.
    const read = statusCode === -1 ? body : JSON.parse(body);
    return { statusCode, code, message, requestId, date, body: read };
  }
}

export function print(findings) {
  console.log(JSON.stringify(findings));
}
