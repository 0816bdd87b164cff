/**
 * What several operations have in common stands in the document once: parameters, bodies and
 * responses that are the same become components, and the operations refer to them.
 */
import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  ReferenceObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';

import { operationsOf } from './operations-of.js';

/** A place in an operation, and the names that what stands there can have; the last is unique. */
interface Slot<T> {
  names: readonly string[];
  value: T | ReferenceObject;
  refer: (reference: ReferenceObject) => void;
}

/** Changes the operations in place. */
export function shareComponents(document: OpenAPIObject): void {
  const operations = operationsOf(document).map(({ operation }) => operation);
  const { components } = document;
  document.components = {
    ...components,
    parameters: share('parameters', operations.flatMap(parametersOf)),
    requestBodies: share('requestBodies', operations.flatMap(bodyOf)),
    responses: {
      ...share('responses', operations.flatMap(responsesOf)),
      ...components?.responses,
    },
  };
}

function share<T extends object>(kind: string, slots: readonly Slot<T>[]): Record<string, T> {
  const alike = new Map<string, [Slot<T>, ...Slot<T>[]]>();
  for (const slot of slots) {
    if ('$ref' in slot.value) continue;
    const text = JSON.stringify(slot.value);
    const others = alike.get(text);
    if (others === undefined) alike.set(text, [slot]);
    else others.push(slot);
  }
  const shared: Record<string, T> = {};
  for (const group of alike.values()) {
    if (group.length === 1) continue;
    const [{ names, value }] = group;
    const name = names.find((each) => !(each in shared))!;
    shared[name] = value as T;
    for (const { refer } of group) refer({ $ref: `#/components/${kind}/${name}` });
  }
  return shared;
}

function parametersOf(operation: OperationObject): Slot<ParameterObject>[] {
  const { parameters = [] } = operation;
  return parameters.map((value, i) => {
    const name = 'name' in value ? value.name.replaceAll(/[^\w.-]/g, '') : '';
    return {
      names: [name, `${handlerOf(operation)}_${name}`],
      value,
      refer(reference) {
        parameters[i] = reference;
      },
    };
  });
}

function bodyOf(operation: OperationObject): Slot<RequestBodyObject>[] {
  const { requestBody: value } = operation;
  if (value === undefined) return [];
  return [
    {
      names: [handlerOf(operation)],
      value,
      refer(reference) {
        operation.requestBody = reference;
      },
    },
  ];
}

function responsesOf(operation: OperationObject): Slot<ResponseObject>[] {
  return Object.entries(operation.responses).flatMap(([status, value]) =>
    value === undefined
      ? []
      : [
          {
            names: [`${handlerOf(operation)}_${status}`],
            value,
            refer(reference) {
              operation.responses[status] = reference;
            },
          },
        ],
  );
}

/** The end of the operation's id, which is the same wherever the handler serves. */
function handlerOf({ operationId = '' }: OperationObject): string {
  return operationId.replace(/^.*\./, '');
}
