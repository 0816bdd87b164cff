/** The example that Graph's documentation publishes for create and update. */
export const PUBLISHED_EXAMPLE = {
  '@odata.type': '#microsoft.graph.deviceConfigurationUserStatus',
  userDisplayName: 'User Display Name value',
  devicesCount: 12,
  status: 'notApplicable',
  lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
  userPrincipalName: 'User Principal Name value',
};

export const CONFIGURATION = 'd93b1b3e-1b3e-d93b-3e1b-3bd93e1b3bd9';

/** The collection of the seed page. */
export const COLLECTION = `/v1.0/deviceManagement/deviceConfigurations/${CONFIGURATION}/rootCertificate/userStatuses`;

/** The published example with some members changed; `undefined` takes one away. */
export function userStatus(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...PUBLISHED_EXAMPLE, ...changes };
}
