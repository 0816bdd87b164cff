/**
 * What OpenAPI wants to know of an operation and its handler does not say again: it follows from
 * the route, the access and the method.
 */
import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  ReferenceObject,
  RequestBodyObject,
  ResponsesObject,
  ServerObject,
} from '@nestjs/swagger';

import { ACCESS_EXTENSION, type Access } from '../auth/permissions.js';
import type { ErrorCode } from '../errors/graph-error.js';
import { RESOURCE_EXTENSION } from '../operations/operation.js';
import { ERRORS_EXTENSION, type ErrorResponses } from './error-responses.js';
import { operationsOf } from './operations-of.js';
import { describeHeaders } from './response-headers.js';

export const BEARER = 'bearer';

/** A body of which each format has a schema and examples of its own; `@ApiBody` has one for all. */
export const REQUEST_BODY_EXTENSION = 'x-request-body';

const METHODS_WITH_BODY: readonly string[] = ['put', 'post', 'delete', 'patch'];

const CLIENT_REQUEST_ID: ParameterObject = {
  name: 'client-request-id',
  in: 'header',
  required: false,
  description: 'An id of your own, which the response repeats: printable, at most 128 characters.',
  schema: { type: 'string' },
  example: 'nightly-report-1',
};

/** An operation as its decorators left it. */
interface DeclaredOperation extends OperationObject {
  [ACCESS_EXTENSION]?: Access;
  [RESOURCE_EXTENSION]?: string;
  [ERRORS_EXTENSION]?: readonly ErrorCode[];
  [REQUEST_BODY_EXTENSION]?: RequestBodyObject;
}

/**
 * Completes the operations in place. Resources answer below the version prefixes; other routes at
 * the root alone.
 */
export function describeOperations(
  document: OpenAPIObject,
  root: ServerObject,
  errors: ErrorResponses,
): void {
  for (const { path, method, item, operation } of operationsOf(document)) {
    if (!(RESOURCE_EXTENSION in operation)) item.servers = [root];
    item[method] = describeOperation(operation, path, method, errors);
  }
}

function describeOperation(
  declared: DeclaredOperation,
  path: string,
  method: string,
  errors: ErrorResponses,
): OperationObject {
  const {
    [ACCESS_EXTENSION]: access = [],
    [RESOURCE_EXTENSION]: resource,
    [ERRORS_EXTENSION]: codes = [],
    [REQUEST_BODY_EXTENSION]: requestBody = declared.requestBody,
    ...operation
  } = declared;
  const isOpen = access === 'anybody';
  const declaredParameters = (operation.parameters ?? []).map(withExample);
  const parameters = inOrder([...declaredParameters, CLIENT_REQUEST_ID]);
  const failures: ErrorCode[] = ['BadRequest', ...codes];
  if (!isOpen) failures.push('InvalidAuthenticationToken', 'Forbidden');
  if (METHODS_WITH_BODY.includes(method)) {
    failures.push('RequestEntityTooLarge', 'UnsupportedMediaType');
  }
  if (parameters.some((each) => 'name' in each && each.name === 'If-Match')) {
    failures.push('PreconditionFailed');
  }

  return {
    ...operation,
    operationId: toOperationId(path, operation.operationId ?? method),
    description: [operation.description, toAccessText(access)].filter(Boolean).join('\n\n'),
    ...(isOpen ? { security: [] } : { security: [{ [BEARER]: [] }], 'x-permissions': access }),
    parameters,
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      ...withHeaders(operation.responses, resource !== undefined),
      ...errors.refer(failures),
      default: errors.ofAll,
    },
  };
}

/** Of a parameter that has a schema, Nest keeps an example only in the schema. */
function withExample(parameter: ParameterObject | ReferenceObject) {
  if ('$ref' in parameter || parameter.schema === undefined) return parameter;
  if ('$ref' in parameter.schema || parameter.schema.example === undefined) return parameter;
  const schema = { ...parameter.schema };
  const example: unknown = schema.example;
  delete schema.example;
  return { ...parameter, schema, example };
}

const PLACES = ['path', 'query', 'header'];

/** Decorators of a controller come last, though the path they are about comes first. */
function inOrder(parameters: readonly (ParameterObject | ReferenceObject)[]) {
  const placeOf = (each: ParameterObject | ReferenceObject): number =>
    '$ref' in each ? PLACES.length : PLACES.indexOf(each.in);
  return parameters.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function toAccessText(access: Access): string {
  if (access === 'anybody') return 'Open to anybody.';
  return `Needs ${access.map((permission) => `\`${permission}\``).join(' or ')}.`;
}

function withHeaders(responses: ResponsesObject, isResource: boolean): ResponsesObject {
  const headers = describeHeaders(
    'request-id',
    'client-request-id',
    ...(isResource ? (['OData-Version'] as const) : []),
  );
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response === undefined || '$ref' in response
        ? response
        : { ...response, headers: { ...headers, ...response.headers } },
    ]),
  );
}

/**
 * The names along the path, and the handler's: unique, and the same whatever else there is. A
 * `$count` counts only where it is alone.
 */
function toOperationId(path: string, handler: string): string {
  const segments = path.split('/').filter((segment) => /^[\w$]/.test(segment));
  const names = segments.filter((segment) => !segment.startsWith('$'));
  const place = (names.length === 0 ? segments : names).join('.').replaceAll('$', '');
  return place === '' ? handler : `${place}_${handler}`;
}
