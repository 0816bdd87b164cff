import { MINIMAL_JSON, type JsonFormat } from '../odata/protocol/media-type.js';
import { ODataResponse, withJson } from '../odata/protocol/odata-response.js';
import { toCsdlJson } from './csdl-to-json.js';
import { toCsdlXml } from './csdl-to-xml.js';
import type { MetadataFormat } from './metadata-format.js';
import { METADATA } from './metadata.url.js';
import { SERVICE_MODEL } from './service-model.js';

/** Both are the same for every caller. */
const CSDL_JSON = JSON.stringify(toCsdlJson(SERVICE_MODEL));
const CSDL_XML = toCsdlXml(SERVICE_MODEL);

/** What there is at the top: the singleton (OData JSON Format 4.01, section 5). */
export function toServiceDocument(serviceRoot: string, format: JsonFormat): ODataResponse {
  const { name } = SERVICE_MODEL.singleton;
  const value = [{ name, kind: 'Singleton', url: name }];
  const context = { '@odata.context': `${serviceRoot}/${METADATA}` };
  const document = { ...(format.metadata === 'none' ? {} : context), value };
  return withJson(200, format, {}, JSON.stringify(document));
}

export function toMetadata(format: MetadataFormat): ODataResponse {
  return format === 'json'
    ? withJson(200, MINIMAL_JSON, {}, CSDL_JSON)
    : new ODataResponse(200, { 'Content-Type': 'application/xml;charset=utf-8' }, CSDL_XML);
}
