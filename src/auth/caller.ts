import type { JWTPayload } from 'jose';

/** Who is calling, as far as a verified token says. */
export interface Caller {
  permissions: ReadonlySet<string>;
  /** When the token ends, in seconds since 1970, the tolerance for skewed clocks included. */
  expiresAt: number;
}

/** Delegated permissions stand in `scp`, space-separated; an application's in the array `roles`. */
export function toCaller(claims: JWTPayload, clockToleranceSeconds: number): Caller {
  const scopes = typeof claims.scp === 'string' ? claims.scp.split(' ') : [];
  const roles: unknown[] = Array.isArray(claims.roles) ? claims.roles : [];
  return {
    permissions: new Set(
      [...scopes, ...roles].filter((name): name is string => typeof name === 'string'),
    ),
    expiresAt: (claims.exp ?? 0) + clockToleranceSeconds,
  };
}
