import { Controller, Get } from '@nestjs/common';

import { Serves } from '../http/operation.js';
import { parseJsonFormat } from '../odata/protocol/media-type.js';
import { readHeader, type ODataRequest } from '../odata/protocol/odata-request.js';
import type { ODataResponse } from '../odata/protocol/odata-response.js';
import { parseQueryOptions } from '../odata/protocol/query-options.js';
import { parseMetadataFormat } from './metadata-format.js';
import { DescribesMetadata, DescribesServiceDocument } from './metadata.openapi.js';
import { toMetadata, toServiceDocument } from './metadata.response.js';
import { METADATA, SERVICE_DOCUMENT } from './metadata.url.js';

/** What the service is, for everybody: tools read it before they have a token. */
@Controller()
export class MetadataController {
  @Get()
  @Serves(SERVICE_DOCUMENT, 'anybody')
  @DescribesServiceDocument()
  serviceDocument({ query, headers, serviceRoot }: ODataRequest): ODataResponse {
    const { format } = parseQueryOptions(query, ['format']).system;
    return toServiceDocument(serviceRoot, parseJsonFormat(readHeader(headers, 'accept'), format));
  }

  @Get(METADATA)
  @Serves(METADATA, 'anybody')
  @DescribesMetadata()
  metadata({ query, headers }: ODataRequest): ODataResponse {
    const { format } = parseQueryOptions(query, ['format']).system;
    return toMetadata(parseMetadataFormat(readHeader(headers, 'accept'), format));
  }
}
