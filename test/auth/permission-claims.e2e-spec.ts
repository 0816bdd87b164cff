/** What AUTH_PERMISSION_CLAIMS and AUTH_CLIENT_ID_CLAIM let count, and what they do not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AUDIENCE, createSigningKey, TestIssuer } from '../support/issuer.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

const WRITE = 'DeviceManagementConfiguration.ReadWrite.All';

let issuer: TestIssuer;
let app: NestApp;

beforeAll(async () => {
  issuer = await TestIssuer.start(await createSigningKey('k', 'ES256'));
  app = await startNestApp({
    ...issuer.env,
    AUTH_CLIENT_ID_CLAIM: 'client',
    AUTH_PERMISSION_CLAIMS:
      'realm_access.roles, resource_access.my.api.roles,https://example.com/roles,groups,' +
      'constructor.name,__proto__.roles,list.0,list.length',
  });
});

afterAll(async () => {
  await app.close();
  await issuer.close();
});

async function post(claims: Record<string, unknown>) {
  const authorization = `Bearer ${await issuer.sign({ roles: undefined, ...claims })}`;
  return app.send('POST', COLLECTION, userStatus(), { authorization });
}

describe('a claim that AUTH_PERMISSION_CLAIMS names', () => {
  it.each([
    ['an array at a path', { realm_access: { roles: ['x', WRITE] } }],
    ['a text at a path', { realm_access: { roles: `x ${WRITE}` } }],
    ['a path through a name with dots', { resource_access: { 'my.api': { roles: [WRITE] } } }],
    ['a path through other members', { resource_access: { my: { api: { roles: [WRITE] } } } }],
    ['a name with dots', { 'https://example.com/roles': [WRITE] }],
    ['a path that is a name', { 'realm_access.roles': [WRITE] }],
    ['a name', { groups: [WRITE] }],
    ['one of those that count anyway', { roles: [WRITE] }],
  ])('holds permissions: %s', async (_what, claims) => {
    expect((await post(claims)).status).toBe(201);
  });

  it.each([
    ['another member', { realm_access: { groups: [WRITE], roles: [] } }],
    ['the member of another', { account: { roles: [WRITE] }, api: { roles: [WRITE] } }],
    ['a list of objects', { realm_access: [{ roles: [WRITE] }] }],
    ['an object', { realm_access: { roles: { [WRITE]: WRITE } } }],
    ['members of lists', { list: [WRITE] }],
    ['a permission that is a name', { realm_access: { [WRITE]: ['roles'], roles: {} } }],
    ['nothing', { realm_access: null, groups: null }],
    ['a longer path', { realm_access: { roles: { roles: [WRITE] } } }],
  ])('holds none otherwise: %s', async (_what, claims) => {
    expect((await post(claims)).status).toBe(403);
  });

  it('is among those that the refusal names', async () => {
    const { body } = await post({ role: WRITE });
    const [, named] = /in one of the claims (.*)\.$/.exec(
      (body as { error: { message: string } }).error.message,
    )!;

    expect(named!.split(', ')).toEqual([
      "'scp'",
      "'scope'",
      "'roles'",
      "'permissions'",
      "'realm_access.roles'",
      "'resource_access.my.api.roles'",
      "'https://example.com/roles'",
      "'groups'",
      "'constructor.name'",
      "'__proto__.roles'",
      "'list.0'",
      "'list.length'",
    ]);
  });
});

describe('the claim that AUTH_CLIENT_ID_CLAIM names', () => {
  it.each([
    ['stands in for an audience', { aud: undefined, client: AUDIENCE }, 201],
    ['is not asked for where there is an audience', { client: 'another' }, 201],
    ['does not outweigh another audience', { aud: 'another', client: AUDIENCE }, 401],
    ['does not outweigh an audience that is null', { aud: null, client: AUDIENCE }, 401],
    ['does not outweigh an empty list of audiences', { aud: [], client: AUDIENCE }, 401],
    ['must be one of the audiences', { aud: undefined, client: 'another' }, 401],
    ['must be text', { aud: undefined, client: [AUDIENCE] }, 401],
    ['must be there', { aud: undefined, client_id: AUDIENCE }, 401],
  ])('%s', async (_what, claims, status) => {
    expect((await post({ roles: [WRITE], ...claims })).status).toBe(status);
  });

  it('is who calls, for the log', async () => {
    await post({ roles: [WRITE], client: 'program', azp: 'another' });

    expect(app.logLines.join('')).toContain('"application":"program"');
  });
});
