import { LocalIssuer } from '../../src/auth/local-issuer.js';
import type { Permission } from '../../src/auth/permissions.js';
import type { TestApp } from './test-app.js';

/** A token of a service's own, for another caller than that of `app.token`. */
export async function signToken(
  { keyFile }: Pick<TestApp, 'keyFile'>,
  subject: string,
  permissions: readonly Permission[] = ['DeviceManagementConfiguration.ReadWrite.All'],
  lifetimeSeconds = 600,
): Promise<string> {
  const issuer = await LocalIssuer.open(keyFile);
  return issuer.sign({ subject, permissions, lifetimeSeconds });
}
