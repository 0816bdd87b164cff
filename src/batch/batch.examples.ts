/** Batches that can be sent as they stand, below a version or without one. */

const USER_STATUSES = 'deviceManagement/deviceConfigurations/wifi/userStatuses';

const USER_STATUS = {
  devicesCount: 1,
  status: 'compliant',
  lastReportedDateTime: '2026-01-02T03:04:05Z',
  userDisplayName: 'Alex Wilber',
  userPrincipalName: 'alex@example.com',
};

const JSON_TYPE = 'application/json';
const CREATE = {
  method: 'POST',
  url: USER_STATUSES,
  headers: { 'Content-Type': JSON_TYPE },
  body: USER_STATUS,
};

/** A create and who reads what it made; two creates, of which both are stored or none. */
export const JSON_EXAMPLE = {
  requests: [
    { id: '1', ...CREATE },
    { id: '2', method: 'GET', url: '$1/status', dependsOn: ['1'] },
    { id: '3', atomicityGroup: 'both', ...CREATE },
    { id: '4', atomicityGroup: 'both', ...CREATE },
    { id: '5', method: 'GET', url: `${USER_STATUSES}/$count`, dependsOn: ['both'] },
  ],
};

const BOUNDARY = 'batch';

/** Whoever sends the example has to say its boundary. */
export const MULTIPART_TYPE = `multipart/mixed; boundary=${BOUNDARY}`;

const CREATE_TEXT = [
  `POST ${USER_STATUSES} HTTP/1.1`,
  `Content-Type: ${JSON_TYPE}`,
  '',
  JSON.stringify(USER_STATUS),
];

/** A change set of one create, and a request that reads what it made. */
export const MULTIPART_EXAMPLE = [
  `--${BOUNDARY}`,
  'Content-Type: multipart/mixed; boundary=changes',
  '',
  '--changes',
  'Content-Type: application/http',
  'Content-ID: 1',
  '',
  ...CREATE_TEXT,
  '--changes--',
  `--${BOUNDARY}`,
  'Content-Type: application/http',
  'Content-ID: 2',
  '',
  'GET $1/status HTTP/1.1',
  '',
  '',
  `--${BOUNDARY}--`,
  '',
].join('\r\n');
