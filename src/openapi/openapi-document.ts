import { Inject, Injectable, type INestApplication } from '@nestjs/common';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

import { BEARER, describeOperations } from './describe-operations.js';
import { ERROR_SCHEMAS, ErrorResponses } from './error-responses.js';
import { readPackageInfo } from './package-info.js';
import { RESPONSE_HEADERS } from './response-headers.js';
import { shareComponents } from './share-components.js';
import { toStaticFile, type StaticFile } from './static-file.js';

/** The path that PUBLIC_URL puts before every other; empty for none. */
export const BASE_PATH = Symbol('BasePath');

const DOCUMENT_HEADERS = {
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The OpenAPI document of all routes, made from their decorators when it is first asked for. */
@Injectable()
export class OpenApiDocument {
  /** The application that is described: set when it is built. */
  application: INestApplication | undefined;
  private file: StaticFile | undefined;

  constructor(@Inject(BASE_PATH) private readonly basePath: string) {}

  toFile(): StaticFile {
    this.file ??= toStaticFile(
      Buffer.from(JSON.stringify(this.build())),
      'application/json',
      DOCUMENT_HEADERS,
    );
    return this.file;
  }

  private build(): OpenAPIObject {
    const root = { url: this.basePath || '/', description: 'Without a version' };
    const document = SwaggerModule.createDocument(
      this.application!,
      {
        openapi: '3.1.0',
        info: toInfo(),
        servers: [
          { url: `${this.basePath}/v1.0`, description: 'As version 1.0 of Microsoft Graph' },
          { url: `${this.basePath}/beta`, description: 'As the beta of Microsoft Graph' },
          root,
        ],
        tags: TAGS,
        components: {
          securitySchemes: {
            [BEARER]: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description:
                'An access token of the configured issuer, or in local mode of `npm run -s ' +
                'token`. Its permissions are in `scp`, `scope`, `roles`, `permissions` or a ' +
                "claim that AUTH_PERMISSION_CLAIMS names; each operation's `x-permissions` lists " +
                'those of which it needs one.',
            },
          },
          headers: RESPONSE_HEADERS,
          schemas: ERROR_SCHEMAS,
        },
      },
      // The name of the handler alone: the path that goes before it is known later.
      {
        operationIdFactory: (_controller, handler) => handler.replace(/\[\d+\]$/, ''),
        autoTagControllers: false,
      },
    );
    const errors = new ErrorResponses();
    describeOperations(document, root, errors);
    document.components = { ...document.components, responses: errors.components };
    shareComponents(document);
    const { openapi, info, servers, tags, paths, components } = document;
    return { openapi, info, servers, tags, paths, components } as OpenAPIObject;
  }
}

/** Each operation has one of them. */
const TAGS = [
  { name: 'userStatuses', description: 'How a device configuration landed, user by user.' },
  { name: 'service', description: 'The service itself: its health and its descriptions.' },
];

function toInfo(): OpenAPIObject['info'] {
  const { version, description, license } = readPackageInfo();
  return {
    title: 'User statuses of device configurations',
    version,
    description: `${description}

Every GET can be sent as a HEAD. Keys may stand in segments, as here, or in parentheses, \
where any key can stand:
\`userStatuses('alex')\`; names in paths and of query options are taken in any case, and options \
without \`$\`, too.
A \`microsoft.graph.<type>\` segment behind a device configuration is accepted. Bodies are \
strict JSON in UTF-8.`,
    // OpenAPI 3.1 has `identifier` for a license by its SPDX name; the library's type is older.
    license: { name: license, identifier: license } as OpenAPIObject['info']['license'] & object,
  };
}
