/** Whatever the document shows can be sent as it stands, and is what the service answers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  ExampleObject,
  OpenAPIObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';

import { operationsOf, type PlacedOperation } from '../../src/openapi/operations-of.js';
import type { Answer } from '../support/client.js';
import { resolve, shapeOf } from '../support/openapi.js';
import { startNestApp, type NestApp } from '../support/nest-app.js';
import { PUBLISHED_EXAMPLE } from '../support/user-status.js';

let app: NestApp;
let document: OpenAPIObject;
let operations: PlacedOperation[];

beforeAll(async () => {
  app = await startNestApp();
  document = (await app.send('GET', '/openapi.json')).body as OpenAPIObject;
  operations = operationsOf(document);
});

afterAll(async () => {
  await app.close();
});

function parametersOf({ operation }: PlacedOperation): ParameterObject[] {
  return (operation.parameters ?? []).map((each) => resolve(document, each) as ParameterObject);
}

/** The examples of a body, by their name and media type. */
function bodiesOf({ operation }: PlacedOperation): (readonly [string, string, unknown])[] {
  const { content = {} } = resolve(
    document,
    operation.requestBody ?? {},
  ) as Partial<RequestBodyObject>;
  return Object.entries(content).flatMap(([type, { examples = {} }]) =>
    Object.entries(examples).map(
      ([name, example]) => [name, type, (example as ExampleObject).value] as const,
    ),
  );
}

/** Sends an operation with the examples of these parameters, where its paths lead to something. */
async function send(
  { path, method, item, operation }: PlacedOperation,
  parameters: readonly ParameterObject[],
  [type, body]: readonly [string, unknown] | readonly [] = [],
): Promise<Answer> {
  const keys = parametersOf({ path, method, item, operation }).filter((each) => each.in === 'path');
  const filled = keys.reduce(
    (url, { name, example }) => url.replace(`{${name}}`, encodeURIComponent(String(example))),
    path,
  );
  const root = item.servers === undefined ? '/v1.0' : '';
  const entity = /^.*\/userStatuses/.exec(filled);
  if (entity !== null) {
    const url = `${root}${entity[0]}/alex`;
    const prefer = { prefer: 'create-if-missing' };
    if (method === 'post') await app.send('DELETE', url);
    else await app.send('PATCH', url, PUBLISHED_EXAMPLE, prefer);
  }
  const query = parameters
    .filter((each) => each.in === 'query')
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
  const headers = parameters
    .filter((each) => each.in === 'header')
    .map(({ name, example }) => [name, String(example)] as const);
  return app.send(method.toUpperCase(), `${root}${filled}?${query.join('&')}`, body, {
    ...Object.fromEntries(headers),
    ...(type === undefined ? {} : { 'content-type': type }),
  });
}

/** The success, or what is wrong. */
function outcomeOf({ operation }: PlacedOperation, { status, text }: Answer): string {
  const isDocumented = String(status) in operation.responses;
  return status < 300 && isDocumented ? 'success' : `${String(status)} ${text}`;
}

/** Every operation with its examples: none that it can do without, each of those, and all. */
async function sendAll(group: readonly PlacedOperation[]): Promise<[string, string][]> {
  const outcomes: [string, string][] = [];
  for (const placed of group) {
    const { operationId = '', requestBody } = placed.operation;
    const bodies = bodiesOf(placed);
    if (requestBody !== undefined && bodies.length === 0) continue;
    const shown = parametersOf(placed).filter(
      (each) => each.in !== 'path' && each.example !== undefined,
    );
    for (const parameters of [[], shown, ...shown.map((each) => [each])]) {
      const names = parameters.map(({ name }) => name).join(' ');
      for (const [name, ...body] of requestBody === undefined ? [[''] as const] : bodies) {
        const answer = await send(placed, parameters, body);
        outcomes.push([`${operationId} ${name} ${names}`, outcomeOf(placed, answer)]);
      }
    }
  }
  return outcomes;
}

describe('the examples of the document', () => {
  it('are there for every parameter and every body', () => {
    const without = operations.flatMap((placed) => [
      ...parametersOf(placed).flatMap(({ name, example }) => (example === undefined ? [name] : [])),
      // A batch can be of more than one format.
      ...(placed.operation.requestBody !== undefined &&
      placed.path !== '/$batch' &&
      bodiesOf(placed).length === 0
        ? [placed.path]
        : []),
    ]);

    // Sealed by the service: there is none that could be shown.
    expect([...new Set(without)]).toEqual(['$skiptoken']);
  });

  it('succeed as they stand: each alone, and all of an operation together', async () => {
    // What is in one collection is changed by one request after the other.
    const groups = new Map<string, PlacedOperation[]>();
    for (const placed of operations) {
      const collection = placed.path.replace(/\/userStatus.*/, '');
      groups.set(collection, [...(groups.get(collection) ?? []), placed]);
    }
    const outcomes = await Promise.all([...groups.values()].map(sendAll));
    const failures = outcomes.flat().filter(([, outcome]) => outcome !== 'success');

    expect(failures).toEqual([]);
    expect(outcomes.flat().length).toBeGreaterThan(200);
  });

  it('find something on a page when all options stand together', async () => {
    const list = operations.find(({ operation }) => operation.operationId?.endsWith('_list'))!;
    const { body } = await send(
      list,
      parametersOf(list).filter(({ example }) => example !== undefined),
    );
    const { value } = body as { value: object[] };

    expect(value.length).toBeGreaterThan(0);
    expect(Object.keys(value[0]!)).toEqual(expect.arrayContaining(['id', 'status']));
  });

  it('show answers as they are', async () => {
    const compared: string[] = [];
    for (const placed of operations.filter(({ method }) => method === 'get')) {
      const answer = await send(placed, []);
      const response = placed.operation.responses[String(answer.status)]!;
      const { content = {} } = resolve(document, response) as ResponseObject;
      const example: unknown = content['application/json']?.example;
      if (example === undefined) continue;
      compared.push(placed.operation.operationId!);
      expect(shapeOf(answer.body)).toEqual(shapeOf(example));
    }

    // In each place: an entity, a page, a property, and the two of the overview.
    expect(compared.length).toBeGreaterThanOrEqual(4 * 5);
  });
});
