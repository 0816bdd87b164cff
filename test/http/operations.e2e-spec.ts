/** Operations are served past Nest's pipeline: the start fails where something waits in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  Body,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  HttpCode,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  ParseIntPipe,
  type PipeTransform,
  type Provider,
  Query,
  Redirect,
  Render,
  Scope,
  Sse,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { GUARDS_METADATA, MODULE_METADATA } from '@nestjs/common/constants.js';
import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  APP_PIPE,
  NestFactory,
  REQUEST,
} from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/http/log/logger.js';
import { HealthModule } from '../../src/health/health.module.js';
import { refuseGlobalEnhancers } from '../../src/operations/enhancers.js';
import { GraphErrorFilter } from '../../src/http/errors/graph-error.filter.js';
import { ResourceOperation } from '../../src/operations/operation.js';
import { OperationsModule } from '../../src/operations/operations.js';
import { ODataResponse } from '../../src/odata/protocol/odata-response.js';
import { UserStatusesController } from '../../src/user-statuses/user-statuses.controller.js';

@Injectable()
class Denying implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class Throwing implements NestInterceptor {
  intercept(): never {
    throw new Error('never');
  }
}

@Injectable()
class Emptying implements PipeTransform {
  transform(): undefined {
    return undefined;
  }
}

@Catch()
class Silencing implements ExceptionFilter {
  catch(): void {
    // Answers nothing.
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest implements CanActivate {
  constructor(@Inject(REQUEST) readonly request: unknown) {}

  canActivate(): boolean {
    return false;
  }
}

/** A controller with one operation, with these decorators on its class or on its handler. */
function operation(
  onClass: ClassDecorator[],
  onHandler: MethodDecorator[] = [],
  options: { scope?: Scope; host?: string } = {},
): Type {
  class Statuses {
    list(): ODataResponse {
      return new ODataResponse(200, {}, '');
    }
  }
  const handler = Object.getOwnPropertyDescriptor(Statuses.prototype, 'list')!;
  for (const decorate of [Get(), ResourceOperation('statuses', 'anybody'), ...onHandler]) {
    decorate(Statuses.prototype, 'list', handler);
  }
  for (const decorate of [Controller({ path: 'statuses', ...options }), ...onClass]) {
    decorate(Statuses);
  }
  return Statuses;
}

@Module({})
class Application {}

/** The sentence that the start of a service with these controllers fails with. */
async function faultOf(
  controllers: Type[],
  providers: Provider[] = [],
  prepare: (nest: NestFastifyApplication) => void = () => undefined,
): Promise<string> {
  const nest = await NestFactory.create<NestFastifyApplication>(
    { module: Application, imports: [OperationsModule], controllers, providers },
    new FastifyAdapter({ skipMiddie: true }),
    { logger: false, abortOnError: false, bodyParser: false },
  );
  nest.useGlobalFilters(new GraphErrorFilter());
  prepare(nest);
  try {
    refuseGlobalEnhancers(nest);
    await nest.init();
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await nest.close();
  }
}

const ENHANCERS: readonly [string, string, MethodDecorator & ClassDecorator][] = [
  ['guard', 'Denying', UseGuards(Denying)],
  ['guard', 'Denying', UseGuards(new Denying())],
  ['interceptor', 'Throwing', UseInterceptors(Throwing)],
  ['pipe', 'Emptying', UsePipes(Emptying)],
  ['exception filter', 'Silencing', UseFilters(Silencing)],
];

describe('a service with an operation', () => {
  it('starts', async () => {
    expect(await faultOf([operation([])])).toBe('');
  });

  it.each(ENHANCERS)(
    'does not start with this on its class: %s %s',
    async (kind, name, decorate) => {
      expect(await faultOf([operation([decorate])])).toBe(
        `Statuses.list would be served without its ${kind} '${name}': batches call it too, ` +
          "past Nest's pipeline. Use a hook of Fastify instead.",
      );
    },
  );

  it.each(ENHANCERS)(
    'does not start with this on the handler: %s %s',
    async (kind, name, decorate) => {
      const fault = await faultOf([operation([], [decorate])]);

      expect(fault).toContain('Statuses.list ');
      expect(fault).toContain(`${kind} '${name}'`);
    },
  );

  it.each<[string, MethodDecorator]>([
    ['@HttpCode', HttpCode(202)],
    ['@Header', Header('x-a', 'b')],
    ['@Redirect', Redirect('/')],
    ['@Render', Render('page')],
    ['@Sse', Sse()],
  ])('does not start with %s on the handler', async (name, decorate) => {
    expect(await faultOf([operation([], [decorate])])).toMatch(
      new RegExp(`^Statuses\\.list .* ${name}`),
    );
  });

  it.each<[string, ParameterDecorator]>([
    ['a pipe', Query('a', ParseIntPipe)],
    ['none', Body()],
  ])('does not start where Nest would fill a parameter in, with %s', async (_name, decorate) => {
    const Statuses = operation([]);
    decorate(Statuses.prototype as object, 'list', 0);

    expect(await faultOf([Statuses])).toMatch(/^Statuses\.list .*parameter/);
  });

  it.each<[string, Scope]>([
    ['each request', Scope.REQUEST],
    ['each who asks for it', Scope.TRANSIENT],
  ])('does not start where the controller is made for %s', async (_name, scope) => {
    expect(await faultOf([operation([], [], { scope })])).toMatch(
      /^Statuses\.list .* for each request/,
    );
  });

  it('does not start where the controller is for one host', async () => {
    expect(await faultOf([operation([], [], { host: 'admin.example' })])).toMatch(
      /^Statuses\.list .* host 'admin\.example'/,
    );
  });

  it('does not start where the controller needs what is made for each request', async () => {
    const Statuses = operation([]);
    Inject(PerRequest)(Statuses, undefined, 0);

    expect(await faultOf([Statuses], [PerRequest])).toMatch(/^Statuses\.list .* for each request/);
  });

  it('does not start with two handlers for one method of one kind of resource', async () => {
    class Others {
      listToo(): ODataResponse {
        return new ODataResponse(200, {}, '');
      }
    }
    const handler = Object.getOwnPropertyDescriptor(Others.prototype, 'listToo')!;
    Get()(Others.prototype, 'listToo', handler);
    ResourceOperation('statuses', 'anybody')(Others.prototype, 'listToo', handler);
    Controller('others')(Others);

    expect(await faultOf([operation([]), Others])).toBe(
      "Statuses.list and Others.listToo both serve GET of the kind 'statuses': " +
        'one of them has to go.',
    );
  });
});

describe('a service', () => {
  it.each<[string, string, (nest: NestFastifyApplication) => void]>([
    ['guard', 'Denying', (nest) => nest.useGlobalGuards(new Denying())],
    ['interceptor', 'Throwing', (nest) => nest.useGlobalInterceptors(new Throwing())],
    ['pipe', 'Emptying', (nest) => nest.useGlobalPipes(new Emptying())],
    ['exception filter', 'Silencing', (nest) => nest.useGlobalFilters(new Silencing())],
  ])('does not start with this for all handlers: %s %s', async (kind, name, prepare) => {
    const fault = await faultOf([operation([])], [], prepare);

    expect(fault).toContain(`${kind} '${name}'`);
  });

  it.each<[string, string, Provider]>([
    ['guard', 'Denying', { provide: APP_GUARD, useClass: Denying }],
    ['guard', 'Denying', { provide: APP_GUARD, useFactory: () => new Denying() }],
    ['guard', 'PerRequest', { provide: APP_GUARD, useClass: PerRequest }],
    ['interceptor', 'Throwing', { provide: APP_INTERCEPTOR, useClass: Throwing }],
    ['pipe', 'Emptying', { provide: APP_PIPE, useClass: Emptying }],
    ['exception filter', 'Silencing', { provide: APP_FILTER, useClass: Silencing }],
  ])(
    'does not start with a provider of this for all handlers: %s %s',
    async (kind, name, provider) => {
      const fault = await faultOf([operation([])], [provider]);

      expect(fault).toContain(`${kind} '${name}'`);
    },
  );
});

describe('this service', () => {
  let dataDir: string;

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'user-statuses-'));
  });

  afterAll(() => {
    rmSync(dataDir, { recursive: true });
  });

  async function start(): Promise<void> {
    const config = parseConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' });
    const app = await createApp(config, createLogger('silent', process.stdout));
    await app.close();
  }

  it('starts', async () => {
    await expect(start()).resolves.toBeUndefined();
  });

  it('does not start with a guard on its controller', async () => {
    UseGuards(Denying)(UserStatusesController);
    try {
      await expect(start()).rejects.toThrow(/^UserStatusesController\.\w+ .* guard 'Denying'/);
    } finally {
      Reflect.deleteMetadata(GUARDS_METADATA, UserStatusesController);
    }
  });

  it('does not start with a provider of a global interceptor', async () => {
    const provider = { provide: APP_INTERCEPTOR, useClass: Throwing };
    const providers = Reflect.getMetadata(MODULE_METADATA.PROVIDERS, HealthModule) as unknown[];
    Reflect.defineMetadata(MODULE_METADATA.PROVIDERS, [...providers, provider], HealthModule);
    try {
      await expect(start()).rejects.toThrow(/interceptor 'Throwing'/);
    } finally {
      Reflect.defineMetadata(MODULE_METADATA.PROVIDERS, providers, HealthModule);
    }
  });
});
