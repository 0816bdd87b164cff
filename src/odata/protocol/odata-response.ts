import { toContentType, type JsonFormat } from './media-type.js';

export const ODATA_VERSION = '4.0';

/** A response as a value: what a single call sends, and what an item of a batch holds. */
export class ODataResponse {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    headers: Readonly<Record<string, string>>,
    /**
     * The representation, in the form that Content-Type says; absent where the status allows none.
     */
    readonly body?: string,
  ) {
    this.headers = { 'OData-Version': ODATA_VERSION, ...headers };
  }
}

/** A response with a body of JSON, in the Content-Type that says how much it tells about itself. */
export function withJson(
  status: number,
  format: JsonFormat,
  headers: Readonly<Record<string, string>>,
  json: string,
): ODataResponse {
  return new ODataResponse(status, { 'Content-Type': toContentType(format), ...headers }, json);
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
