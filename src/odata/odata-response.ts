import { toContentType, type JsonFormat } from './media-type.js';

export const ODATA_VERSION = '4.0';

/** A response as a value: what a single call sends, and what an item of a batch holds. */
export class ODataResponse {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    headers: Readonly<Record<string, string>>,
    /** An object is sent as JSON, a text as it is; absent where the status allows no body. */
    readonly body?: object | string,
  ) {
    this.headers = { 'OData-Version': ODATA_VERSION, ...headers };
  }
}

/** A response with a JSON body, in the Content-Type that says how much it tells about itself. */
export function withBody(
  status: number,
  format: JsonFormat,
  headers: Readonly<Record<string, string>>,
  body: object,
): ODataResponse {
  return new ODataResponse(status, { 'Content-Type': toContentType(format), ...headers }, body);
}

/** A raw value or a count, in the media type that OData has for both. */
export function withText(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ODataResponse {
  return new ODataResponse(
    status,
    { 'Content-Type': 'text/plain;charset=utf-8', ...headers },
    body,
  );
}
