import { FastifyAdapter } from '@nestjs/platform-fastify';

import { ODataResponse } from '../odata/odata-response.js';

type Reply = ReturnType<FastifyAdapter['reply']>;

/** Nest's adapter, which also sends the responses that handlers return as values. */
export class ODataAdapter extends FastifyAdapter {
  override reply(
    reply: Parameters<FastifyAdapter['reply']>[0],
    result: unknown,
    statusCode?: number,
  ): Reply {
    if (!(result instanceof ODataResponse)) return super.reply(reply, result, statusCode);
    const { status, headers, body } = result;
    return (reply as Reply)
      .code(status)
      .headers(headers)
      .send(typeof body === 'object' ? JSON.stringify(body) : body);
  }
}
