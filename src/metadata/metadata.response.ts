import { MINIMAL_JSON, type JsonFormat } from '../odata/protocol/media-type.js';
import { ODataResponse, withJson } from '../odata/protocol/odata-response.js';
import type { Selection } from '../odata/protocol/select.js';
import { toCsdlJson } from './csdl-to-json.js';
import { toCsdlXml } from './csdl-to-xml.js';
import type { MetadataFormat } from './metadata-format.js';
import { METADATA } from './metadata.url.js';
import { SERVICE_MODEL } from './service-model.js';
import { SINGLETON_TYPE } from './singleton.js';

/** Both are the same for every caller. */
const CSDL_JSON = JSON.stringify(toCsdlJson(SERVICE_MODEL));
const CSDL_XML = toCsdlXml(SERVICE_MODEL);

/** What is at the root depends on what the caller takes. */
const VARY = { Vary: 'Accept' };

/** What there is at the top: the singleton (OData JSON Format 4.01, section 5). */
export function toServiceDocument(serviceRoot: string, format: JsonFormat): ODataResponse {
  const { name } = SERVICE_MODEL.singleton;
  const value = [{ name, kind: 'Singleton', url: name }];
  const context = { '@odata.context': `${serviceRoot}/${METADATA}` };
  const document = { ...(format.metadata === 'none' ? {} : context), value };
  return withJson(200, format, VARY, JSON.stringify(document));
}

export function toRedirection(path: string): ODataResponse {
  return new ODataResponse(302, { Location: path, ...VARY });
}

/** There is one, and so its name will do for its key. */
export function toSingleton(
  serviceRoot: string,
  selection: Selection | undefined,
  format: JsonFormat,
): ODataResponse {
  const { name, type } = SERVICE_MODEL.singleton;
  const selected = selection === undefined ? '' : `(${selection.written})`;
  const context = `${serviceRoot}/${METADATA}#${name}${selected}/$entity`;
  const entity = {
    ...(format.metadata === 'none' ? {} : { '@odata.context': context }),
    ...(format.metadata === 'full' ? { '@odata.type': `#${type}`, '@odata.id': name } : {}),
    [SINGLETON_TYPE.key]: name,
  };
  return withJson(200, format, {}, JSON.stringify(entity));
}

export function toMetadata(format: MetadataFormat): ODataResponse {
  return format === 'json'
    ? withJson(200, MINIMAL_JSON, {}, CSDL_JSON)
    : new ODataResponse(200, { 'Content-Type': 'application/xml;charset=utf-8' }, CSDL_XML);
}
