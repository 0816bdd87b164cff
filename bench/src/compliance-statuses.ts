/** What a status can be, for the bodies that are sent and the servers that take them. */
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
