import { describe, expect, it } from '@jest/globals';

import { GraphError } from '../../errors/graph-error.js';
import { toReason, toTarget } from './log-reason.js';

describe('the reason of a refusal in the log', () => {
  it.each([
    ["There is no property 'SECRET'.", "There is no property '…'."],
    ["'SECRET' is not expected at position 3.", "'…' is not expected at position 3."],
    ["There is no function 'it's SECRET' here.", "There is no function '…' here."],
    ["'a' and then SECRET 'b' follow.", "'…' follow."],
    ["Cut short: 'SECRET…", "Cut short: '…'"],
    [
      'Unexpected token x, ..."a": SECRET" is not valid JSON.',
      "Unexpected token x, ...'…' is not valid JSON.",
    ],
    ["In '\n SECRET\n' lines.", "In '…' lines."],
    ['Request Id SECRET has to be unique in a batch.', 'Request Id … has to be unique in a batch.'],
    [
      'The request body is empty: send a JSON object.',
      'The request body is empty: send a JSON object.',
    ],
  ])('holds none of the words of a caller: %s', (message, reason) => {
    expect(toReason(new GraphError('BadRequest', message))).toBe(reason);
  });

  it.each([
    'InvalidAuthenticationToken',
    'Forbidden',
    'RequestTimeout',
    'ServiceUnavailable',
  ] as const)('is whole where all words are ours: %s', (code) => {
    const message = "It has no 'exp' claim.";
    expect(toReason(new GraphError(code, message))).toBe(message);
  });
});

describe('the target of a refusal in the log', () => {
  it.each([
    ['devicesCount', 'devicesCount'],
    ['@odata.type', '@odata.type'],
    ['$filter', '$filter'],
    ['a name with spaces', '…'],
    ['x'.repeat(129), '…'],
    [undefined, undefined],
  ])('is a name, or nothing that is told: %s', (target, told) => {
    const options = target === undefined ? {} : { target };
    expect(toTarget(new GraphError('BadRequest', 'No.', options))).toBe(told);
  });
});
