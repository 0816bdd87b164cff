import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

import { AUDIENCE } from '../support/issuer.js';
import { startTestApp } from '../support/test-app.js';
import { COLLECTION, PUBLISHED_EXAMPLE } from '../support/user-status.js';

it('takes a token that an OpenID Connect provider issued for client credentials', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    clients: ['reporter', 'reader'].map((name) => ({
      client_id: name,
      client_secret: `${name}-secret`,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_context, token) => ({
      roles: [
        token.clientId === 'reporter'
          ? 'DeviceManagementConfiguration.ReadWrite.All'
          : 'DeviceManagementConfiguration.Read.All',
      ],
    }),
  });
  server.on('request', (request, response) => void provider.callback()(request, response));
  const app = await startTestApp({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: AUDIENCE });

  async function tokenOf(client: string): Promise<string> {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${client}-secret`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  try {
    const writer = { authorization: `Bearer ${await tokenOf('reporter')}` };
    const reader = { authorization: `Bearer ${await tokenOf('reader')}` };
    const created = await app.send('POST', COLLECTION, PUBLISHED_EXAMPLE, writer);
    const location = created.headers.get('location')!;

    expect(created.status).toBe(201);
    expect((await app.send('GET', location, undefined, reader)).text).toBe(created.text);
    expect((await app.send('POST', COLLECTION, PUBLISHED_EXAMPLE, reader)).status).toBe(403);
  } finally {
    await app.close();
    server.closeAllConnections();
    server.close();
  }
});
