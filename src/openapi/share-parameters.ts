import type { OpenAPIObject, ParameterObject, ReferenceObject } from '@nestjs/swagger';

import { operationsOf } from './operations-of.js';

/**
 * Moves parameters into the components, in place, so that those which many operations have stand in
 * the document once.
 */
export function shareParameters(document: OpenAPIObject): void {
  const shared: Record<string, ParameterObject> = {};

  function share(parameter: ParameterObject | ReferenceObject): ParameterObject | ReferenceObject {
    if ('$ref' in parameter) return parameter;
    const name = parameter.name.replaceAll(/[^\w.-]/g, '');
    shared[name] ??= parameter;
    // Of two that differ under one name, the first is shared.
    const isSame = JSON.stringify(shared[name]) === JSON.stringify(parameter);
    return isSame ? { $ref: `#/components/parameters/${name}` } : parameter;
  }

  for (const { operation } of operationsOf(document)) {
    operation.parameters = (operation.parameters ?? []).map(share);
  }
  document.components = { ...document.components, parameters: shared };
}
