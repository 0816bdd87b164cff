/**
 * The vocabularies whose terms the document uses, and the two ways in which it says most of what it
 * says.
 */
import type { Annotation, Expression, RecordExpression, Vocabulary } from './csdl.js';

const PUBLISHED_AT = 'https://oasis-tcs.github.io/odata-vocabularies/vocabularies';

export const VOCABULARIES: readonly Vocabulary[] = [
  ['Org.OData.Core.V1', 'Core'] as const,
  ['Org.OData.Capabilities.V1', 'Capabilities'] as const,
  ['Org.OData.Aggregation.V1', 'Aggregation'] as const,
  ['Org.OData.Validation.V1', 'Validation'] as const,
  ['Org.OData.Authorization.V1', 'Auth'] as const,
].map(([namespace, alias]) => ({ namespace, alias, url: `${PUBLISHED_AT}/${namespace}` }));

export function description(text: string): Annotation {
  return { term: 'Core.Description', value: text };
}

export function capability(term: string, value: Expression, explanation?: string): Annotation {
  return {
    term: `Capabilities.${term}`,
    value,
    ...(explanation === undefined ? {} : { annotations: [description(explanation)] }),
  };
}

export function record(members: RecordExpression['record']): RecordExpression {
  return { record: members };
}
