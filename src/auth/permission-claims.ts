/**
 * Where tokens say what their bearer may do, and what they say there. A text holds names with
 * spaces between them, an array one in each of its texts; nothing else holds any.
 */
import type { JWTPayload } from 'jose';

/**
 * Delegated permissions stand in `scp` (Entra, Okta) or `scope` (RFC 9068: Auth0, Cognito,
 * Keycloak), those of applications and people in `roles` (Entra) or `permissions` (Auth0).
 */
const PERMISSION_CLAIMS = ['scp', 'scope', 'roles', 'permissions'] as const;

export function toPermissionClaims(named: readonly string[] = []): readonly string[] {
  return [...new Set([...PERMISSION_CLAIMS, ...named])];
}

/**
 * The permissions, each also without the audience and a slash in front: so Cognito writes those of
 * a resource server. The audience of another does not count.
 */
export function readPermissions(
  claims: JWTPayload,
  paths: readonly string[],
  audiences: readonly string[],
): ReadonlySet<string> {
  const names = paths.flatMap((path) => toNames(findClaim(claims, path)));
  const prefixes = audiences.map((audience) => `${audience}/`);
  const own = names.flatMap((name) =>
    prefixes.filter((prefix) => name.startsWith(prefix)).map((prefix) => name.slice(prefix.length)),
  );
  return new Set([...names, ...own]);
}

function toNames(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  if (!Array.isArray(value)) return [];
  return value.filter((name): name is string => typeof name === 'string');
}

/**
 * What stands at a path. Names may have dots of their own (`https://example.com/roles`): the whole
 * is a name before it is a path. Only what the token says is looked at, nothing that objects
 * inherit.
 */
function findClaim(holder: unknown, path: string): unknown {
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined;
  if (Object.hasOwn(holder, path)) return (holder as Record<string, unknown>)[path];
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(holder, name)) continue;
    const found = findClaim((holder as Record<string, unknown>)[name], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
