/**
 * Which handler serves which method of which kind of resource: the one table behind single calls
 * and items of a batch. It is made when the module starts.
 */
import {
  Global,
  Injectable,
  Module,
  RequestMethod,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';

import type { Access } from '../auth/permissions.js';
import { GraphError, shorten } from '../errors/graph-error.js';
import { AnswerBudget } from '../http/connections/answer-budget.js';
import { refuseEnhancers } from './enhancers.js';
import { readOperation, type OperationHandler } from './operation.js';
import { PathGuide } from './path-guide.js';

/** In the order in which `Allow` lists them. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface ServedOperation {
  /** The handler's, for the sentence that a start fails with. */
  name: string;
  access: Access;
  handle: OperationHandler;
}

type Controller = InstanceWrapper<object>;

@Injectable()
export class Operations implements OnModuleInit {
  private readonly table = new Map<string, Map<string, ServedOperation>>();
  private readonly paths = new PathGuide();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Throws where an operation would not be served as it is declared. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getControllers() as Controller[]) this.add(wrapper);
  }

  /** Throws `MethodNotAllowed` for a method that the kind of resource does not have. */
  get(kind: string, method: string): ServedOperation {
    const operations = this.table.get(kind);
    const operation = operations?.get(toServed(method));
    if (operation !== undefined) return operation;
    const allowed = METHODS.filter((each) => operations?.has(toServed(each)));
    throw methodNotAllowed(method, allowed);
  }

  /** The refusal of a path for which no route was found; a batch leads to resources alone. */
  noSuchResource(path: string, isInBatch = false): GraphError {
    return this.paths.refuse(path, isInBatch);
  }

  private add(wrapper: Controller): void {
    const controller = wrapper.metatype as Type;
    const prototype = controller.prototype as Record<string, OperationHandler>;
    for (const method of this.scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method]!;
      const operation = readOperation(handler);
      this.addPaths(controller, handler, operation !== undefined);
      if (operation === undefined) continue;
      refuseEnhancers(wrapper, method);
      const name = `${controller.name}.${method}`;
      const handle = handler.bind(wrapper.instance);
      const verb = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      this.enter(operation.kind, verb, { name, access: operation.access, handle });
    }
  }

  private addPaths(controller: Type, handler: object, isVersioned: boolean): void {
    const ends = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
    if (ends === undefined) return;
    const starts = Reflect.getMetadata(PATH_METADATA, controller) as string | string[];
    for (const start of [starts].flat()) {
      for (const end of [ends].flat()) this.paths.add(`${start}/${end}`, isVersioned);
    }
  }

  private enter(kind: string, method: string, operation: ServedOperation): void {
    const operations = this.table.get(kind) ?? new Map<string, ServedOperation>();
    const other = operations.get(method);
    if (other !== undefined) {
      throw new Error(
        `${other.name} and ${operation.name} both serve ${method} of the kind '${kind}': ` +
          'one of them has to go.',
      );
    }
    this.table.set(kind, operations.set(method, operation));
  }
}

/** Every GET is a HEAD without its body. */
function toServed(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
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
