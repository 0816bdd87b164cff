import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';

/** The permissions that this resource knows (contract, section 2), least privileged first. */
export const READ = 'DeviceManagementConfiguration.Read.All';
export const READ_WRITE = 'DeviceManagementConfiguration.ReadWrite.All';

export type Permission = typeof READ | typeof READ_WRITE;

/** Which permissions an operation takes: one of them is enough. */
export const READ_PERMISSIONS: readonly Permission[] = [READ, READ_WRITE];
export const WRITE_PERMISSIONS: readonly Permission[] = [READ_WRITE];

/** Who may call a route: a caller with one of these permissions, or anybody. */
export type Access = readonly Permission[] | 'anybody';

/** Whether whoever may only read may not call. */
export function isWriting(access: Access | undefined): boolean {
  return typeof access === 'object' && !access.includes(READ);
}

/** Where the OpenAPI document reads the access of an operation from. */
export const ACCESS_EXTENSION = 'x-access';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/**
 * Declares who may call a handler. It is route configuration and not a Nest guard, because guards
 * run after the body was read and parsed, and a stranger's body is not worth that.
 */
export function RequireAccess(access: Access, more: FastifyContextConfig = {}): MethodDecorator {
  return applyDecorators(RouteConfig({ ...more, access }), ApiExtension(ACCESS_EXTENSION, access));
}
