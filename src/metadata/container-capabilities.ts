/** What the service as a whole can do (vocabularies Capabilities, Core and Authorization). */
import { MAX_JSON_REQUESTS, MAX_MULTIPART_REQUESTS } from '../batch/batch-item.js';
import {
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  SPECIAL_FUNCTIONS,
} from '../odata/expressions/functions.js';
import { toContentType, type JsonFormat } from '../odata/protocol/media-type.js';
import type { Annotation } from './csdl.js';
import { METADATA_FORMATS } from './metadata-format.js';
import { capability, description, record } from './vocabularies.js';

/** What the permissions are given by. */
export const BEARER = 'Bearer';

const FORMATS: readonly JsonFormat[] = (['none', 'minimal', 'full'] as const).flatMap(
  (metadata) => [
    { metadata, isIeee754Compatible: false },
    { metadata, isIeee754Compatible: true },
  ],
);

/**
 * The spelling of the specification, where it has capitals; the parser's tables are in lower case.
 */
const SPELLINGS: Readonly<Record<string, string>> = { matchespattern: 'matchesPattern' };

const FILTER_FUNCTIONS = [
  ...Object.keys(FUNCTIONS),
  ...Object.keys(CONSTANT_FUNCTIONS),
  ...SPECIAL_FUNCTIONS,
].map((name) => SPELLINGS[name] ?? name);

export const CONTAINER_CAPABILITIES: readonly Annotation[] = [
  description('How device configurations landed, per user.'),
  { term: 'Core.ODataVersions', value: '4.0' },
  { term: 'Core.ConventionalIDs', value: true },
  { term: 'Core.DereferenceableIDs', value: true },
  capability(
    'ConformanceLevel',
    { enumType: 'Capabilities.ConformanceLevelType', member: 'Advanced' },
    'What can be read has neither navigation nor collection properties: there is nothing for ' +
      '$expand, any and all.',
  ),
  capability('SupportedFormats', FORMATS.map(toContentType)),
  capability('SupportedMetadataFormats', METADATA_FORMATS),
  capability('AsynchronousRequestsSupported', false),
  capability('BatchSupported', true),
  capability('BatchSupport', {
    ...record({
      Supported: true,
      ContinueOnErrorSupported: true,
      ReferencesInRequestBodiesSupported: false,
      ReferencesAcrossChangeSetsSupported: true,
      EtagReferencesSupported: false,
      RequestDependencyConditionsSupported: false,
      SupportedFormats: ['application/json', 'multipart/mixed'],
    }),
    annotations: [
      description(
        `At most ${String(MAX_JSON_REQUESTS)} requests in a batch in JSON, ` +
          `${String(MAX_MULTIPART_REQUESTS)} in multipart/mixed, unless the service is set to ` +
          'another number.',
      ),
    ],
  }),
  capability('CrossJoinSupported', false),
  capability('FilterFunctions', FILTER_FUNCTIONS),
  capability('KeyAsSegmentSupported', true),
  capability('QuerySegmentSupported', false),
  capability('AnnotationValuesInQuerySupported', false),
  {
    term: 'Auth.Authorizations',
    value: [
      {
        type: 'Auth.Http',
        ...record({
          Name: BEARER,
          Description: 'A token of the issuer that the service is configured with.',
          Scheme: 'bearer',
          BearerFormat: 'JWT',
        }),
      },
    ],
  },
];
