/**
 * The members of `microsoft.graph.complianceStatus`; a member's place is its value in the CSDL, and
 * in the table.
 */
export const COMPLIANCE_STATUSES = [
  'unknown',
  'notApplicable',
  'compliant',
  'remediated',
  'nonCompliant',
  'error',
  'conflict',
  'notAssigned',
] as const;

export type ComplianceStatus = (typeof COMPLIANCE_STATUSES)[number];
