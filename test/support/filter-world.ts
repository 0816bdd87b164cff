import { seed } from './seed.js';
import type { TestApp } from './test-app.js';

/** Five user statuses in which every rule of `$filter` finds something, and not everything. */
const STATUSES = {
  alex: {
    devicesCount: 12,
    status: 'compliant',
    userDisplayName: 'Alex Ä',
    userPrincipalName: 'alex@contoso.com',
    lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
  },
  bo: {
    devicesCount: -7,
    status: 'unknown',
    userDisplayName: null,
    userPrincipalName: null,
    lastReportedDateTime: '0001-01-01T00:00:00Z',
  },
  cy: {
    devicesCount: 0,
    status: 'notAssigned',
    userDisplayName: '😀 ΟΔΟΣ',
    userPrincipalName: '100%_sure',
    lastReportedDateTime: '9999-12-31T23:59:59.9999999Z',
  },
  dee: {
    devicesCount: 2_147_483_647,
    status: 'error',
    userDisplayName: "O'Neil",
    userPrincipalName: null,
    lastReportedDateTime: '2024-02-29T12:30+05:30',
  },
  eve: {
    devicesCount: 7,
    status: 'remediated',
    userDisplayName: 'alex ä',
    userPrincipalName: 'System account',
    // A picosecond after alex.
    lastReportedDateTime: '2017-01-01T08:00:17.776939200001Z',
  },
};

export const EVERYBODY = Object.keys(STATUSES).join(' ');

export async function seedFilterWorld(app: TestApp): Promise<void> {
  await seed(app, STATUSES);
}
