import type { JWTPayload } from 'jose';

import { readPermissions } from './permission-claims.js';
import type { TokenIssuer } from './token-issuer.js';

/** Who is calling, as far as a verified token says. */
export interface Caller {
  permissions: ReadonlySet<string>;
  /** When the token ends, in seconds since 1970, the tolerance for skewed clocks included. */
  expiresAt: number;
  /**
   * The program that calls, and whom it calls for, or itself; empty where the token does not say.
   */
  application: string;
  subject: string;
  /**
   * Who takes turns with others, and has a share of what there is: the subject, or else the
   * application.
   */
  id: string;
  /** Whose requests are counted: the application's, or else the subject's. */
  account: string;
}

/** What issuers call the application: OpenID Connect and Entra v2, Entra v1, RFC 9068, Okta. */
const APPLICATION_CLAIMS = ['azp', 'appid', 'client_id', 'cid'] as const;

/** The caller, from the claims of a token of the issuer. */
export function toCaller(claims: JWTPayload, issuer: TokenIssuer): Caller {
  const { audiences, clientIdClaim, permissionClaims, clockToleranceSeconds } = issuer;
  const names = clientIdClaim === undefined ? [] : [clientIdClaim];
  const application =
    [...names, ...APPLICATION_CLAIMS].map((name) => textOfClaim(claims, name)).find(Boolean) ?? '';
  const subject = textOfClaim(claims, 'sub');
  return {
    permissions: readPermissions(claims, permissionClaims, audiences),
    expiresAt: (claims.exp ?? 0) + clockToleranceSeconds,
    application,
    subject,
    id: subject === '' ? `application ${application}` : `subject ${subject}`,
    account: application === '' ? `subject ${subject}` : `application ${application}`,
  };
}

function textOfClaim(claims: JWTPayload, name: string): string {
  const claim = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof claim === 'string' ? claim : '';
}
