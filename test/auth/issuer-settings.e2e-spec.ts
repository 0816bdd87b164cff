/** The settings that docs/configuration.md has for each issuer, with tokens as that issuer makes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { createSigningKey, TestIssuer, type SigningKey } from '../support/issuer.js';
import { startNestApp } from '../support/nest-app.js';
import { ROOT } from '../support/run.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const WRITE = 'DeviceManagementConfiguration.ReadWrite.All';
const READ = 'DeviceManagementConfiguration.Read.All';

/** What stands for what is in braces on the page. */
const VALUES: Readonly<Record<string, string>> = {
  tenant: '7f1b7a2e-3d0c-4a55-9a43-6e2d1a1c9f10',
  application: '3f2b4c1e-6a0a-4b0e-9d43-0f2b8c1f1a57',
  name: 'contoso',
  policy: 'b2c_1_signin',
  host: 'id.example.com',
  realm: 'staff',
  client: 'user-statuses',
  domain: 'contoso.example.com',
  server: 'default',
  audience: 'api://default',
  identifier: 'https://user-statuses.example.com',
  region: 'eu-west-1',
  pool: 'eu-west-1_A1b2C3d4E',
  resource: 'statuses',
};

/** Each line of the page, as the environment that it means. */
const LINES = [
  ...readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8').matchAll(
    /^\| ([^|`]+?) +\| ((?:`AUTH_[A-Z_]+=[^`]+` ?)+) *\|$/gm,
  ),
].map(([, name = '', settings = '']): [string, Record<string, string>] => [
  name,
  Object.fromEntries(
    [...settings.matchAll(/`([A-Z_]+)=([^`]+)`/g)].map(([, variable = '', text = '']) => [
      variable,
      text.replace(/\{(\w+)\}/g, (_braces, value: string) => VALUES[value]!),
    ]),
  ),
]);

interface Form {
  header: Record<string, unknown>;
  /** What all tokens have besides `iss`, `iat` and `exp`. */
  claims: Record<string, unknown>;
  /** What a token of either kind adds that has these permissions. */
  delegated: (...permissions: string[]) => Record<string, unknown>;
  application: (...permissions: string[]) => Record<string, unknown>;
  /** What the list of keys has besides that which signs. */
  strays?: unknown[];
  idToken: Record<string, unknown>;
}

const { tenant, application, identifier, resource } = VALUES as Record<string, string>;
const CALLER = '38307aee-303c-4fff-8087-d8d2a1b2c3d4';
const PERSON = '1558f87f-452b-4757-bcd1-88331f0a9b2c';

const ENTRA_V2: Form = {
  header: { typ: 'JWT' },
  claims: { aud: application, azp: CALLER, azpacr: '1', oid: PERSON, tid: tenant, ver: '2.0' },
  delegated: (...names) => ({ sub: 'AAAA', name: 'Alex', scp: names.join(' ') }),
  application: (...names) => ({ sub: PERSON, idtyp: 'app', roles: names }),
  idToken: { nonce: 'x', sub: 'AAAA', roles: [WRITE] },
};

const FORMS: Readonly<Record<string, Form>> = {
  'Entra ID, v2 tokens': ENTRA_V2,
  'Entra ID, own signing key': ENTRA_V2,
  'Entra ID, v1 tokens': {
    header: { typ: 'JWT', x5t: 'rsa' },
    claims: {
      aud: `api://${application!}`,
      appid: CALLER,
      appidacr: '1',
      oid: PERSON,
      tid: tenant,
      ver: '1.0',
    },
    delegated: (...names) => ({ sub: 'AAAA', upn: 'alex@contoso.example', scp: names.join(' ') }),
    application: (...names) => ({ sub: PERSON, aud: application, roles: names }),
    idToken: { aud: application, nonce: 'x', sub: 'AAAA', roles: [WRITE] },
  },
  'Azure AD B2C': {
    header: { typ: 'JWT' },
    claims: { aud: application, azp: CALLER, ver: '1.0', nbf: 1_700_000_000 },
    delegated: (...names) => ({
      sub: PERSON,
      oid: PERSON,
      tfp: 'B2C_1_signin',
      nonce: 'defaultNonce',
      scp: names.join(' '),
    }),
    application: (...names) => ({ sub: CALLER, tid: tenant, scp: names.join(' ') }),
    idToken: { sub: PERSON, nonce: 'defaultNonce', auth_time: 1_700_000_000, tfp: 'B2C_1_signin' },
  },
  Keycloak: {
    header: { typ: 'JWT' },
    claims: {
      jti: 'onrtac:8f5e',
      typ: 'Bearer',
      azp: 'reporter',
      acr: '1',
      scope: 'profile email',
      realm_access: { roles: ['offline_access', 'uma_authorization'] },
    },
    delegated: (...names) => ({
      sub: PERSON,
      sid: PERSON,
      aud: ['user-statuses', 'account'],
      nonce: 'as Keycloak 24 has it',
      resource_access: { account: { roles: ['view-profile'] }, 'user-statuses': { roles: names } },
    }),
    application: (...names) => ({
      sub: PERSON,
      aud: 'user-statuses',
      client_id: 'reporter',
      resource_access: { 'user-statuses': { roles: names } },
    }),
    strays: [{ kid: 'enc', kty: 'RSA', alg: 'RSA-OAEP', use: 'enc', n: 'AA', e: 'AQAB' }],
    idToken: {
      typ: 'ID',
      aud: 'user-statuses',
      resource_access: { 'user-statuses': { roles: [WRITE] } },
    },
  },
  Okta: {
    header: {},
    claims: { ver: 1, jti: 'AT.mPaG', aud: 'api://default', cid: '0oa1a2b3c4' },
    delegated: (...names) => ({ sub: 'alex@contoso.example', uid: '00u1', scp: names }),
    application: (...names) => ({ sub: '0oa1a2b3c4', scp: names }),
    idToken: { aud: 'api://default', sub: '00u1', at_hash: 'x', amr: ['pwd'] },
  },
  Auth0: {
    header: { typ: 'JWT' },
    claims: { azp: 'a1b2C3' },
    delegated: (...names) => ({
      sub: 'auth0|1',
      aud: [identifier, 'https://contoso.example.com/userinfo'],
      scope: 'openid profile',
      permissions: names,
    }),
    application: (...names) => ({
      sub: 'a1b2C3@clients',
      aud: identifier,
      gty: 'client-credentials',
      scope: names.join(' '),
    }),
    idToken: { aud: identifier, sub: 'auth0|1', nonce: 'x', permissions: [WRITE] },
  },
  'Amazon Cognito': {
    header: {},
    claims: { token_use: 'access', version: 2, client_id: 'user-statuses', jti: PERSON },
    delegated: (...names) => ({
      sub: PERSON,
      username: PERSON,
      'cognito:groups': ['x'],
      scope: ['openid', ...names.map((name) => `${resource!}/${name}`)].join(' '),
    }),
    application: (...names) => ({
      sub: 'user-statuses',
      scope: names.map((name) => `${resource!}/${name}`).join(' '),
    }),
    idToken: {
      token_use: 'id',
      client_id: undefined,
      aud: 'user-statuses',
      scope: `${resource!}/${WRITE}`,
    },
  },
};

let key: SigningKey;

beforeAll(async () => {
  const made = await createSigningKey('rsa', 'RS256');
  // Most issuers do not say the algorithm, and have a certificate beside the key.
  key = { ...made, jwk: { ...made.jwk, use: 'sig', x5t: 'rsa', x5c: ['MIIC/TCCAeWgAwIBAgI'] } };
});

it('are there for each issuer that is tried, and for no other', () => {
  expect(LINES.map(([name]) => name).sort()).toEqual(Object.keys(FORMS).sort());
});

describe('the settings for an issuer', () => {
  it.each(LINES)('let in whom they should: %s', async (name, settings) => {
    const form = FORMS[name]!;
    const path = settings.AUTH_ISSUER!.replace(/^https:\/\/[^/]+/, '');
    const issuer = await TestIssuer.startAt(path, key);
    issuer.strays = form.strays ?? [];
    const env = moveTo(issuer, settings);
    const app = await startNestApp(env);

    async function statusFor(claims: Record<string, unknown>): Promise<number> {
      const changes = { roles: undefined, aud: undefined, ...form.claims, ...claims };
      const authorization = `Bearer ${await issuer.sign(changes, form.header)}`;
      return (await app.send('POST', COLLECTION, userStatus(), { authorization })).status;
    }

    expect(env.AUTH_ISSUER).toBe(issuer.issuer);
    try {
      for (const claims of [form.delegated, form.application]) {
        expect(await statusFor(claims(READ, WRITE))).toBe(201);
        expect(await statusFor(claims(READ))).toBe(403);
        expect(await statusFor(claims())).toBe(403);
        expect(await statusFor({ ...claims(WRITE), ...forAnother(form) })).toBe(401);
      }
      expect(await statusFor(form.idToken)).toBe(401);
      // Nothing of the list was found wanting, and the keys came from where the settings say.
      expect(app.logLines.filter((line) => line.includes('"level":40'))).toEqual([]);
      expect(issuer.discoveries).toBe(settings.AUTH_JWKS_URI === undefined ? 1 : 0);
    } finally {
      await app.close();
      await issuer.close();
    }
  });
});

/** The settings, of the issuer of the test in the place of the real one; its keys are where they say. */
function moveTo(issuer: TestIssuer, settings: Record<string, string>): Record<string, string> {
  const { AUTH_JWKS_URI: keysUrl } = settings;
  if (keysUrl !== undefined) issuer.keysPath = keysUrl.replace(/^https:\/\/[^/]+/, '');
  return Object.fromEntries(
    Object.entries(settings).map(([name, text]) => [
      name,
      /^AUTH_(?:ISSUER|JWKS_URI)$/.test(name)
        ? text.replace(/^https:\/\/[^/]+/, issuer.origin)
        : text,
    ]),
  );
}

/** What says that a token is for another service of the same issuer. */
function forAnother({ claims }: Form): Record<string, unknown> {
  return claims.token_use === undefined ? { aud: 'another' } : { client_id: 'another' };
}
