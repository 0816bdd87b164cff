import { Controller, Get, Inject } from '@nestjs/common';

import { READ_PERMISSIONS } from '../auth/permissions.js';
import { ResourceOperation } from '../operations/operation.js';
import { requireMatch } from '../odata/protocol/entity-tag.js';
import { parseJsonFormat, prefersPage } from '../odata/protocol/media-type.js';
import { readHeader, type ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { parseQueryOptions } from '../odata/protocol/query-options.js';
import { parseSelect } from '../odata/protocol/select.js';
import { REFERENCE_PAGE_PATH } from '../openapi/reference-page.js';
import { parseMetadataFormat } from './metadata-format.js';
import {
  DescribesMetadata,
  DescribesServiceDocument,
  DescribesSingleton,
} from './metadata.openapi.js';
import { toMetadata, toRedirection, toServiceDocument, toSingleton } from './metadata.response.js';
import { METADATA, SERVICE_DOCUMENT, SINGLETON } from './metadata.url.js';
import { SINGLETON_TYPE } from './singleton.js';

/** What the service is, for everybody: tools read it before they have a token. */
@Controller()
export class MetadataController {
  constructor(@Inject(REFERENCE_PAGE_PATH) private readonly referencePage: string) {}

  /** At the very root, who would rather have a page is led to the one there is. */
  @Get()
  @ResourceOperation(SERVICE_DOCUMENT, 'anybody')
  @DescribesServiceDocument()
  serviceDocument({ query, headers, serviceRoot, resource }: ODataRequest): ODataResponse {
    const { format } = parseQueryOptions(query, ['format']).system;
    const accept = readHeader(headers, 'accept');
    const isRoot = resource.versionPrefix === '' && format === undefined;
    if (isRoot && this.referencePage !== '' && prefersPage(accept)) {
      return toRedirection(this.referencePage);
    }
    return toServiceDocument(serviceRoot, parseJsonFormat(accept, format));
  }

  @Get(METADATA)
  @ResourceOperation(METADATA, 'anybody')
  @DescribesMetadata()
  metadata({ query, headers }: ODataRequest): ODataResponse {
    const { format } = parseQueryOptions(query, ['format']).system;
    return toMetadata(parseMetadataFormat(readHeader(headers, 'accept'), format));
  }

  @Get(SINGLETON)
  @ResourceOperation(SINGLETON, READ_PERMISSIONS)
  @DescribesSingleton()
  singleton({ query, headers, serviceRoot }: ODataRequest): ODataResponse {
    const { format, select } = parseQueryOptions(query, ['select', 'format']).system;
    const jsonFormat = parseJsonFormat(readHeader(headers, 'accept'), format);
    const selection = parseSelect(select, SINGLETON_TYPE);
    requireMatch(readHeader(headers, 'if-match'), undefined);
    return toSingleton(serviceRoot, selection, jsonFormat);
  }
}
