import { beforeAll, describe, expect, it } from '@jest/globals';
import odataCsdl from 'odata-csdl';

import { READ_PERMISSIONS, WRITE_PERMISSIONS } from '../../src/auth/permissions.js';
import {
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  SPECIAL_FUNCTIONS,
} from '../../src/odata/expressions/functions.js';
import { MAX_TOP } from '../../src/odata/protocol/paging.js';
import { NAVIGATIONS } from '../../src/entity-sets/collection.js';
import { COMPLIANCE_STATUS, USER_STATUS } from '../../src/user-statuses/model/user-statuses.set.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION, userStatus } from '../support/user-status.js';

type Json = Record<string, unknown>;

let app: TestApp;
/**
 * The document, parsed from its XML by the parser of OData's own committee, which makes the alias of
 * every namespace.
 */
let csdl: Json;
let schema: Record<string, Json>;

beforeAll(async () => {
  app = await borrowTestApp();
  const { text } = await app.send('GET', '/v1.0/$metadata');
  const parsed = JSON.stringify(odataCsdl.xml2json(text, { strict: true }));
  csdl = JSON.parse(parsed.replaceAll('"graph.', '"microsoft.graph.')) as Json;
  schema = csdl['microsoft.graph'] as Record<string, Json>;
});

describe('the document', () => {
  it('is the same at every version, whatever the case of its name', async () => {
    const paths = ['/$metadata', '/v1.0/$metadata', '/beta/$metadata', '/v1.0/%24METADATA/'];
    const texts = await Promise.all(paths.map(async (path) => (await app.send('GET', path)).text));

    expect(new Set(texts).size).toBe(1);
  });

  it('says the same in XML and in JSON', async () => {
    const { body } = await app.send('GET', '/v1.0/$metadata?$format=json');
    // The parser takes the address of a vocabulary's JSON where one is referred to, but not in the type of a record.
    const parsed = JSON.parse(JSON.stringify(csdl).replaceAll('.xml#', '.json#')) as Json;

    expect(body).toEqual(parsed);
  });

  it('has every property that expressions may name, and no other', () => {
    const { entity, deviceConfigurationUserStatus } = schema;
    const properties = namesOf({ ...entity, ...deviceConfigurationUserStatus });

    expect(properties).toEqual(USER_STATUS.properties.map(({ name }) => name));
    expect(entity).toMatchObject({
      $Abstract: true,
      $Key: ['id'],
      id: { $MaxLength: 256, '@Core.Description': 'Key of the entity.' },
    });
    expect(deviceConfigurationUserStatus).toEqual({
      $Kind: 'EntityType',
      $BaseType: 'microsoft.graph.entity',
      '@Core.Description': expect.any(String),
      devicesCount: {
        $Type: 'Edm.Int32',
        '@Core.Description': 'Devices count for that user.',
      },
      lastReportedDateTime: {
        $Type: 'Edm.DateTimeOffset',
        $Precision: 12,
        '@Core.Description': 'Last modified date time of the policy report.',
      },
      status: {
        $Type: 'microsoft.graph.complianceStatus',
        '@Core.Description': 'Compliance status of the policy report.',
      },
      userDisplayName: {
        $Nullable: true,
        $MaxLength: 1024,
        '@Core.Description': 'User name of the DevicePolicyStatus.',
      },
      userPrincipalName: {
        $Nullable: true,
        $MaxLength: 1024,
        '@Core.Description': 'UserPrincipalName.',
      },
    });
  });

  it('has the members of the enumeration with the values that gt and lt compare', () => {
    expect(schema.complianceStatus).toMatchObject({
      $Kind: 'EnumType',
      ...Object.fromEntries(COMPLIANCE_STATUS.members.map((name, value) => [name, value])),
    });
    expect(namesOf(schema.complianceStatus!)).toEqual(COMPLIANCE_STATUS.members);
  });

  it('has the properties of the overview that is answered, with their types', async () => {
    const path = COLLECTION.replace(/userStatuses$/, 'userStatusOverview');
    const { body } = await app.send('GET', path, undefined, {
      accept: 'application/json;odata.metadata=none',
    });
    const { id, ...properties } = body as Json;
    const type = schema.deviceConfigurationUserOverview!;

    expect(id).toEqual(expect.any(String));
    expect(namesOf(type)).toEqual(Object.keys(properties));
    for (const [name, value] of Object.entries(properties)) {
      const property = await app.send('GET', `${path}/${name}`);
      expect(property.body).toMatchObject({ value });
      const $Type = typeof value === 'number' ? 'Edm.Int32' : 'Edm.DateTimeOffset';
      expect(type[name]).toMatchObject({ $Type });
      expect(type[name]).not.toHaveProperty('$Nullable');
    }
  });

  it('has every function that the parser knows, as the specification spells it', () => {
    const names = containerOf()['@Capabilities.FilterFunctions'] as string[];

    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(
      [...Object.keys(FUNCTIONS), ...Object.keys(CONSTANT_FUNCTIONS), ...SPECIAL_FUNCTIONS].sort(),
    );
    expect(names.filter((name) => name !== name.toLowerCase())).toEqual(['matchesPattern']);
  });

  it('leads to user statuses on the ways that requests can take, and on no others', () => {
    expect(waysTo('userStatuses').sort()).toEqual(
      NAVIGATIONS.map(({ segments }) => segments.join('/')).sort(),
    );
    expect(waysTo('userStatusOverview').sort()).toEqual(waysTo('userStatuses').sort());
  });

  it('declares the alias, and names nothing by it: there are clients that cannot resolve it', async () => {
    const formats = ['xml', 'json'];
    const [xml = '', json = ''] = await Promise.all(
      formats.map(async (each) => (await app.send('GET', `/$metadata?$format=${each}`)).text),
    );

    expect(xml).toContain('Namespace="microsoft.graph" Alias="graph"');
    expect(json).toContain('"microsoft.graph":{"$Alias":"graph"');
    for (const text of [xml, json]) {
      expect(text.match(/["(]microsoft\.graph\.\w/g)!.length).toBeGreaterThan(30);
      expect(text).not.toMatch(/["(]graph\./);
    }
  });

  it('has no open type', () => {
    expect(JSON.stringify(schema)).not.toContain('$OpenType');
  });

  it('names only types that it has, and vocabularies that it refers to', () => {
    const text = JSON.stringify(csdl);
    const types = [...text.matchAll(/"\$(?:Base)?Type":"microsoft\.graph\.(\w+)"/g)].map(
      ([, name]) => name!,
    );
    const aliases = new Set([...text.matchAll(/"@(\w+)\.\w+/g)].map(([, alias]) => alias!));
    const included = Object.values(csdl.$Reference as Record<string, { $Include: Json[] }>).map(
      ({ $Include }) => $Include[0]!.$Alias,
    );

    expect(types.length).toBeGreaterThan(NAVIGATIONS.length);
    expect(types.filter((name) => !(name in schema))).toEqual([]);
    expect([...aliases].filter((alias) => alias !== 'odata').sort()).toEqual(included.sort());
  });
});

describe('what the document says can be done', () => {
  const base = 'microsoft.graph.GraphService/deviceManagement/deviceConfigurations';

  function annotationsOf(target: string): Json {
    return (schema.$Annotations as Record<string, Json>)[target]!;
  }

  it('is said of things that are there', () => {
    const targets = Object.keys(schema.$Annotations!);

    expect(targets.length).toBeGreaterThan(NAVIGATIONS.length * 2);
    for (const target of targets) {
      const [container = '', singleton = '', ...path] = target.split('/');
      expect(container).toBe(csdl.$EntityContainer);
      expect([target, follow(containerOf()[singleton] as Json, path)]).toEqual([
        target,
        expect.objectContaining({ $Kind: 'NavigationProperty' }),
      ]);
    }
  });

  it.each(NAVIGATIONS.map(({ segments }) => [base, ...segments].join('/')))(
    'below %s is all that is served',
    (parent) => {
      const permissions = (needed: readonly string[]) =>
        needed.map((Scope) => ({ SchemeName: 'Bearer', Scopes: [{ Scope }] }));
      const read = { Readable: true, Permissions: permissions(READ_PERMISSIONS) };
      const write = { Permissions: permissions(WRITE_PERMISSIONS) };

      expect(annotationsOf(parent)).toMatchObject({
        '@Capabilities.ReadRestrictions': { Readable: false },
        '@Capabilities.UpdateRestrictions': { Updatable: false },
        '@Capabilities.DeleteRestrictions': { Deletable: false },
      });
      expect(annotationsOf(`${parent}/userStatusOverview`)).toMatchObject({
        '@Capabilities.ReadRestrictions': read,
        '@Capabilities.SelectSupport': { Supported: true, InstanceAnnotationsSupported: false },
      });
      expect(annotationsOf(`${parent}/userStatuses`)).toMatchObject({
        '@Capabilities.ReadRestrictions': read,
        '@Capabilities.InsertRestrictions': { Insertable: true, ...write },
        '@Capabilities.UpdateRestrictions': {
          Upsertable: true,
          UpdateMethod: 'PATCH,PUT',
          ...write,
        },
        '@Capabilities.DeleteRestrictions': { Deletable: true, ...write },
        '@Capabilities.FilterRestrictions': { Filterable: true },
        '@Capabilities.SortRestrictions': { Sortable: true },
        '@Capabilities.SearchRestrictions': { Searchable: true, UnsupportedExpressions: 'none' },
        '@Capabilities.CountRestrictions': { Countable: true },
        '@Capabilities.SelectSupport': { Supported: true },
        '@Capabilities.ExpandRestrictions': { Expandable: false },
        '@Capabilities.TopSupported': true,
        '@Capabilities.TopSupported@Core.Description': expect.stringContaining(String(MAX_TOP)),
        '@Capabilities.SkipSupported': true,
        '@Capabilities.ComputeSupported': false,
        '@Aggregation.ApplySupported': {
          Transformations: ['aggregate', 'filter', 'groupby'],
          CustomAggregationMethods: [],
          Rollup: 'None',
          From: false,
        },
      });
    },
  );

  it('at the singleton is that it is read', async () => {
    const singleton = containerOf().deviceManagement as Json;
    const { body } = await app.send('GET', '/v1.0/deviceManagement', undefined, {
      accept: 'application/json;odata.metadata=none',
    });

    expect(singleton).toMatchObject({
      '@Capabilities.ReadRestrictions': {
        Readable: true,
        Permissions: READ_PERMISSIONS.map((Scope) => ({
          SchemeName: 'Bearer',
          Scopes: [{ Scope }],
        })),
      },
      '@Capabilities.UpdateRestrictions': { Updatable: false },
      '@Capabilities.DeleteRestrictions': { Deletable: false },
      '@Capabilities.SelectSupport': { Supported: true },
      '@Capabilities.ExpandRestrictions': { Expandable: false },
    });
    expect(typeOf(singleton)).toMatchObject({ $BaseType: 'microsoft.graph.entity' });
    expect(Object.keys(body as Json)).toEqual(namesOf(schema.entity!));
  });

  it('requires on create what a create without it is refused for', async () => {
    const { RequiredProperties } = annotationsOf(`${base}/userStatuses`)[
      '@Capabilities.InsertRestrictions'
    ] as { RequiredProperties: string[] };
    const { body } = await app.send('POST', COLLECTION, {});
    const { details } = (body as { error: { details: { target: string }[] } }).error;

    expect(RequiredProperties.sort()).toEqual(details.map(({ target }) => target).sort());
  });

  it.each([
    ['GET', '/deviceManagement', 200],
    ['DELETE', '/deviceManagement', 405],
    ['GET', '/deviceManagement?$expand=deviceConfigurations', 501],
    ['GET', '/deviceManagement/deviceConfigurations', 404],
    ['GET', '/deviceManagement/deviceConfigurations/x', 404],
    ['DELETE', '/deviceManagement/deviceConfigurations/x', 404],
    ['GET', '/deviceManagement/deviceConfigurations/$count', 404],
    ['GET', '/deviceManagement/deviceConfigurations/x/rootCertificate', 404],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatusOverview', 200],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatusOverview?$select=id', 200],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatusOverview/errorCount', 200],
    ['PATCH', '/deviceManagement/deviceConfigurations/x/userStatusOverview', 405],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatuses?$expand=*', 501],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatuses?$compute=1 as one', 501],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatuses?$apply=groupby((id))', 200],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatuses?$apply=identity', 501],
    ['GET', '/deviceManagement/deviceConfigurations/x/userStatuses?$select=@odata.etag', 400],
    ['POST', '/deviceManagement/deviceConfigurations/x/userStatuses/$query', 404],
    ['POST', '/deviceManagement/deviceConfigurations/x/userStatuses/microsoft.graph.x', 404],
    ['PATCH', '/deviceManagement/deviceConfigurations/x/userStatuses/$filter(true)/$each', 404],
    ['POST', '/deviceManagement/deviceConfigurations/x/userStatuses?$select=id', 201],
    ['PUT', '/deviceManagement/deviceConfigurations/x/userStatuses/y', 404],
    ['PUT', '/deviceManagement/deviceConfigurations/x/userStatuses', 405],
    ['GET', '/$crossjoin(deviceManagement)', 404],
  ])('agrees with what %s %s finds', async (method, path, status) => {
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? userStatus() : undefined;

    expect(await app.send(method, `/v1.0${path}`, body)).toMatchObject({ status });
  });

  it('does not require entity tags, as the service does not', async () => {
    const { body } = await app.send('POST', COLLECTION, userStatus());
    const { id } = body as { id: string };

    // `Core.OptimisticConcurrency` would say that they are required.
    expect(JSON.stringify(csdl)).not.toContain('OptimisticConcurrency');
    expect(await app.send('PATCH', `${COLLECTION}/${id}`, { devicesCount: 1 })).toMatchObject({
      status: 200,
    });
  });

  it('tells the formats, batches and the way of authorization', () => {
    expect(containerOf()).toMatchObject({
      '@Core.ODataVersions': '4.0',
      '@Capabilities.ConformanceLevel': 'Advanced',
      '@Capabilities.SupportedFormats': expect.arrayContaining([
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
      ]),
      '@Capabilities.SupportedMetadataFormats': ['application/xml', 'application/json'],
      '@Capabilities.AsynchronousRequestsSupported': false,
      '@Capabilities.CrossJoinSupported': false,
      '@Capabilities.KeyAsSegmentSupported': true,
      '@Capabilities.QuerySegmentSupported': false,
      '@Capabilities.BatchSupported': true,
      '@Capabilities.BatchSupport': {
        SupportedFormats: ['application/json', 'multipart/mixed'],
        '@Core.Description': expect.stringContaining('20'),
      },
      '@Auth.Authorizations': [{ Name: 'Bearer', Scheme: 'bearer', BearerFormat: 'JWT' }],
    });
  });
});

function containerOf(): Json {
  return schema.GraphService!;
}

/** The names of the members that are neither annotations nor facets. */
function namesOf(element: Json): string[] {
  return Object.keys(element).filter((name) => !/[@$]/.test(name));
}

/** Where a path of navigation properties leads from something that has a type. */
function follow(element: Json, path: readonly string[]): Json {
  return path.reduce<Json>((at, name) => typeOf(at)[name] as Json, element);
}

function typeOf({ $Type }: Json): Json {
  return schema[String($Type).replace(/^microsoft\.graph\./, '')]!;
}

/** The paths from a device configuration to a navigation property of this name. */
function waysTo(name: string, type: Json = schema.deviceConfiguration!, path = ''): string[] {
  return namesOf(type).flatMap((each) => {
    if (each === name) return [path];
    const next = type[each] as Json;
    if (next.$Collection === true || each.startsWith('userStatus')) return [];
    return waysTo(name, typeOf(next), path === '' ? each : `${path}/${each}`);
  });
}
