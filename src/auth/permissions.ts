import { RouteConfig } from '@nestjs/platform-fastify';

/** The permissions that this resource knows (contract, section 2), least privileged first. */
export const READ_PERMISSIONS = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementConfiguration.ReadWrite.All',
] as const;
export const WRITE_PERMISSIONS = ['DeviceManagementConfiguration.ReadWrite.All'] as const;

export type Permission = (typeof READ_PERMISSIONS)[number];

/** Who may call a route: a caller with one of these permissions, or anybody. */
export type Access = readonly Permission[] | 'anybody';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/**
 * Declares who may call a handler. It is route configuration and not a Nest guard, because guards run after the
 * body was read and parsed, and a stranger's body is not worth that.
 */
export function RequireAccess(access: Access): MethodDecorator {
  return RouteConfig({ access });
}
