/** The ways in which a program is not pointed here well, and what it is told. */
import { Client } from '@microsoft/microsoft-graph-client';

import { failureOf, print } from './graph-session.mjs';

const { BASE_URL, HTTP_URL, TOKEN, COLLECTION } = process.env;

function listFrom(baseUrl, customHosts = new Set([new URL(baseUrl).hostname])) {
  const authProvider = (done) => done(null, TOKEN);
  return failureOf(Client.init({ baseUrl, customHosts, authProvider }).api(COLLECTION).get());
}

print({
  overHttp: await listFrom(HTTP_URL),
  toUnknownHost: await listFrom(BASE_URL, new Set(['graph.example.com'])),
  withVersionTwice: await listFrom(`${BASE_URL}/v1.0`),
  withSlash: await listFrom(`${BASE_URL}/`),
  withoutSlash: await listFrom(BASE_URL),
});
