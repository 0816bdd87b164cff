import { COMPLIANCE_STATUSES } from './compliance-statuses.js';

/** A valid body, and another for each number. load/requests.lua makes its like. */
export function createBody(firstMember: string, number: number): string {
  const user = ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0');
  return (
    `{${firstMember},"userDisplayName":"User ${user} ${number}",${reportOf(number)},` +
    `"userPrincipalName":"${user}.${number}@contoso.example"}`
  );
}

/** What is reported of a user again and again; the names stay. */
export function updateBody(number: number): string {
  return `{${reportOf(number)}}`;
}

function reportOf(number: number): string {
  const day = String((number % 28) + 1).padStart(2, '0');
  const fraction = String((number * 7919) % 10_000_000).padStart(7, '0');
  return (
    `"devicesCount":${(number % 7) + 1},"status":"${COMPLIANCE_STATUSES[number % 8]}",` +
    `"lastReportedDateTime":"2026-11-${day}T12:34:56.${fraction}Z"`
  );
}
