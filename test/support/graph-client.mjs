/** A program as a developer of a Graph integration writes it. Prints what the unmodified client made of the answers. */
import { Client, GraphError, ResponseType } from '@microsoft/microsoft-graph-client';

const { BASE_URL, TOKEN, READ_TOKEN, COLLECTION, EXAMPLE } = process.env;

function connect(token) {
  return Client.init({
    baseUrl: `${BASE_URL}/`,
    customHosts: new Set([new URL(BASE_URL).hostname]),
    authProvider: (done) => done(null, token),
  });
}

async function failureOf(call) {
  try {
    return { succeeded: await call };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { statusCode, code, message, requestId, date } = error;
    return { statusCode, code, message, requestId, isDate: !Number.isNaN(date.getTime()) };
  }
}

const client = connect(TOKEN);
const example = JSON.parse(EXAMPLE);
const created = await client.api(COLLECTION).post(example);
const found = await client.api(`${COLLECTION}/${created.id}`).get();
const beta = await client.api(COLLECTION).version('beta').post(example);
const raw = await client.api(COLLECTION).responseType(ResponseType.RAW).post(example);
const minimal = await client.api(COLLECTION).header('Prefer', 'return=minimal').post(example);

console.log(
  JSON.stringify({
    created,
    found,
    beta,
    raw: { status: raw.status, location: raw.headers.get('location') },
    minimal: minimal ?? null,
    conflict: await failureOf(client.api(COLLECTION).post({ ...example, id: created.id })),
    invalid: await failureOf(client.api(COLLECTION).post({ ...example, status: 'fine' })),
    missing: await failureOf(client.api(`${COLLECTION}/nobody`).get()),
    forbidden: await failureOf(connect(READ_TOKEN).api(COLLECTION).post(example)),
    unauthenticated: await failureOf(connect('nonsense').api(COLLECTION).post(example)),
  }),
);
