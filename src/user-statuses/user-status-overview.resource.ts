import { COMPLIANCE_STATUSES, type ComplianceStatus } from './compliance-status.js';
import type { Rendering } from './user-status.resource.js';
import type { StatusCount } from './user-statuses.query.js';
import { toOverviewPath } from './user-statuses.url.js';

export const OVERVIEW_TYPE = '#microsoft.graph.deviceConfigurationUserOverview';

/** Which statuses each count of the overview takes together (contract, section 2). */
export const OVERVIEW_COUNTS = {
  pendingCount: ['unknown', 'notAssigned'],
  notApplicableCount: ['notApplicable'],
  successCount: ['compliant', 'remediated'],
  errorCount: ['error'],
  failedCount: ['nonCompliant'],
  conflictCount: ['conflict'],
} as const satisfies Readonly<Record<string, readonly ComplianceStatus[]>>;

/** Nothing was ever reported. */
const NEVER = '0001-01-01T00:00:00Z';

/** The properties of the type, in their order. */
export function toOverview(
  counts: readonly StatusCount[],
  { collection }: Pick<Rendering, 'collection'>,
): Record<string, string | number> {
  const sums = Object.entries(OVERVIEW_COUNTS).map(([name, statuses]) => [
    name,
    counts
      .filter((each) => (statuses as readonly string[]).includes(COMPLIANCE_STATUSES[each.status]!))
      .reduce((sum, each) => sum + each.count, 0),
  ]);
  return {
    id: collection.deviceConfigurationId,
    ...(Object.fromEntries(sums) as Record<string, number>),
    lastUpdateDateTime: counts[0]?.latest ?? NEVER,
    configurationVersion: 0,
  };
}

export function toOverviewContext({ serviceRoot, collection }: Rendering): string {
  return `${serviceRoot}/$metadata#${toOverviewPath(collection)}/$entity`;
}
