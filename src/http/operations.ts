/** Which handler serves which method of which kind of resource: the one table behind single calls and items of a batch. */
import { Global, Injectable, Module, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';

import type { Access } from '../auth/permissions.js';
import { GraphError, shorten } from '../errors/graph-error.js';
import { AnswerBudget } from './answer-budget.js';
import { readOperation, type OperationHandler } from './operation.js';

/** In the order in which `Allow` lists them. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface ServedOperation {
  access: Access;
  handle: OperationHandler;
}

@Injectable()
export class Operations {
  private table: Map<string, Map<string, ServedOperation>> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Throws `MethodNotAllowed` for a method that the kind of resource does not have. */
  get(kind: string, method: string): ServedOperation {
    // Every GET is a HEAD without its body.
    const operation = this.ofKind(kind).get(method === 'HEAD' ? 'GET' : method);
    if (operation !== undefined) return operation;
    throw methodNotAllowed(method, this.methodsOf(kind));
  }

  private methodsOf(kind: string): readonly string[] {
    const operations = this.ofKind(kind);
    return METHODS.filter((method) => operations.has(method === 'HEAD' ? 'GET' : method));
  }

  private ofKind(kind: string): ReadonlyMap<string, ServedOperation> {
    this.table ??= this.collect();
    return this.table.get(kind) ?? new Map<string, ServedOperation>();
  }

  private collect(): Map<string, Map<string, ServedOperation>> {
    const table = new Map<string, Map<string, ServedOperation>>();
    for (const { instance } of this.discovery.getControllers()) {
      const controller = instance as Record<string, OperationHandler>;
      const prototype = Object.getPrototypeOf(controller) as Record<string, OperationHandler>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name]!;
        const operation = readOperation(handler);
        if (operation === undefined) continue;
        const { kind, access } = operation;
        const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
        const operations = table.get(kind) ?? new Map<string, ServedOperation>();
        table.set(kind, operations.set(method, { access, handle: handler.bind(controller) }));
      }
    }
    return table;
  }
}

/** 405, with what is allowed instead. */
export function methodNotAllowed(method: string, allowed: readonly string[]): GraphError {
  const allow = allowed.join(', ');
  return new GraphError(
    'MethodNotAllowed',
    `The method ${shorten(method)} is not allowed here: use ${allow}.`,
    { headers: { Allow: allow } },
  );
}

/** Global, because whatever serves requests is asked through it. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Operations, AnswerBudget, MetadataScanner],
  exports: [Operations, AnswerBudget],
})
export class OperationsModule {}
