/**
 * What Nest would run around a handler. None of it is on the way of an operation, so it must not be
 * there: whoever puts a guard on a controller relies on it.
 */
import type { INestApplication, Type } from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HOST_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import type { ApplicationConfig } from '@nestjs/core';
import { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';

import { GraphErrorFilter } from '../http/errors/graph-error.filter.js';

const ENHANCERS: Readonly<Record<string, string>> = {
  [GUARDS_METADATA]: 'guard',
  [INTERCEPTORS_METADATA]: 'interceptor',
  [PIPES_METADATA]: 'pipe',
  [EXCEPTION_FILTERS_METADATA]: 'exception filter',
};

/** Decorators of a handler that say how Nest is to answer. */
const ANSWERS: Readonly<Record<string, string>> = {
  [HTTP_CODE_METADATA]: '@HttpCode',
  [HEADERS_METADATA]: '@Header',
  [REDIRECT_METADATA]: '@Redirect',
  [RENDER_METADATA]: '@Render',
  [SSE_METADATA]: '@Sse',
};

/** What a controller may be limited to; always there, and mostly undefined. */
type HostPattern = string | RegExp | (string | RegExp)[] | undefined;

/** Throws where Nest would do more for an operation than call its handler. */
export function refuseEnhancers(wrapper: InstanceWrapper<object>, method: string): void {
  const controller = wrapper.metatype as Type;
  const handler = Reflect.get(controller.prototype as object, method) as object;
  const operation = `${controller.name}.${method}`;
  for (const [key, kind] of Object.entries(ENHANCERS)) {
    for (const target of [controller, handler]) {
      const enhancers = Reflect.getMetadata(key, target) as object[] | undefined;
      refuse(operation, `its ${kind}`, enhancers);
    }
  }
  for (const [key, decorator] of Object.entries(ANSWERS)) {
    if (Reflect.hasMetadata(key, handler)) throw isIgnored(operation, decorator);
  }
  const hosts = [Reflect.getMetadata(HOST_METADATA, controller) as HostPattern].flat();
  if (hosts[0] !== undefined) throw isIgnored(operation, `its host '${String(hosts[0])}'`);
  if (Reflect.hasMetadata(ROUTE_ARGS_METADATA, controller, method)) {
    throw isIgnored(operation, 'the decorators of its parameters');
  }
  if (wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
    throw isIgnored(operation, 'an instance of its class for each request');
  }
}

/** The same for what is there for all handlers, but for our own filter, which is on every way. */
export function refuseGlobalEnhancers(nest: INestApplication): void {
  // Nest gives this to nobody. Its own OpenAPI module reads it in the same way.
  const config = Reflect.get(nest, 'config') as ApplicationConfig;
  const filters = config.getGlobalFilters().filter((one) => !(one instanceof GraphErrorFilter));
  refuse('An operation', 'the global guard', config.getGlobalGuards());
  refuse('An operation', 'the global guard', config.getGlobalRequestGuards());
  refuse('An operation', 'the global interceptor', config.getGlobalInterceptors());
  refuse('An operation', 'the global interceptor', config.getGlobalRequestInterceptors());
  refuse('An operation', 'the global pipe', config.getGlobalPipes());
  refuse('An operation', 'the global pipe', config.getGlobalRequestPipes());
  refuse('An operation', 'the global exception filter', filters);
  refuse('An operation', 'the global exception filter', config.getGlobalRequestFilters());
}

function refuse(operation: string, kind: string, enhancers: readonly object[] = []): void {
  const [enhancer] = enhancers;
  if (enhancer !== undefined) throw isIgnored(operation, `${kind} '${nameOf(enhancer)}'`);
}

/** A class, an instance of one, or what Nest makes instances for each request of. */
function nameOf(enhancer: object): string {
  const made = enhancer instanceof InstanceWrapper ? enhancer.metatype : enhancer;
  return typeof made === 'function' ? made.name : enhancer.constructor.name;
}

function isIgnored(operation: string, what: string): Error {
  return new Error(
    `${operation} would be served without ${what}: batches call it too, past Nest's pipeline. ` +
      'Use a hook of Fastify instead.',
  );
}
