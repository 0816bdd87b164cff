import { describe, expect, it } from '@jest/globals';

import { USER_STATUS } from '../../src/user-statuses/model/user-statuses.set.js';
import { parseFilter } from '../../src/odata/expressions/expression-parser.js';
import { isIndexRange } from '../../src/odata/sql/index-range.js';
import { parseOrderBy } from '../../src/odata/expressions/order-by.js';
import { Patterns } from '../../src/odata/expressions/patterns.js';

function isRange(
  filter: string | undefined,
  orderBy: string | undefined,
  unindexed?: string,
): boolean {
  const context = {
    entityType: USER_STATUS,
    purpose: 'x',
    aliases: new Map<string, string>(),
    now: '2026-11-25T00:00:00Z',
    patterns: new Patterns(),
  };
  return isIndexRange(
    filter === undefined ? undefined : parseFilter(filter, { ...context, option: '$filter' }),
    parseOrderBy(orderBy, { ...context, option: '$orderby' }, ['id']),
    USER_STATUS.key,
    (property) => property !== unindexed,
  );
}

describe('isIndexRange', () => {
  it.each([
    [undefined, undefined],
    [undefined, 'id desc'],
    [undefined, 'devicesCount'],
    [undefined, 'lastReportedDateTime desc,id desc'],
    ["id gt 'a'", undefined],
    ["id gt 'a' and id le 'z'", 'id desc'],
    ["status eq 'error'", undefined],
    ["'error' eq status", undefined],
    ["status eq 'error' and id gt 'a'", 'id desc'],
    ["status eq 'error' and id gt 'a'", 'status'],
    ['devicesCount ge 1 and devicesCount lt 5', 'devicesCount desc'],
    ['1 le devicesCount', 'devicesCount'],
    ['lastReportedDateTime ge 2024-01-01T00:00:00Z', 'lastReportedDateTime desc'],
    ["userDisplayName ge 'a'", 'userDisplayName'],
  ])('leads straight to the rows: $filter=%s, $orderby=%s', (filter, orderBy) => {
    expect(isRange(filter, orderBy)).toBe(true);
  });

  it.each([
    // Not in the order of an index.
    [undefined, 'tolower(id)'],
    [undefined, 'devicesCount,userDisplayName'],
    [undefined, 'devicesCount desc,id'],
    [undefined, 'devicesCount,userDisplayName,id'],
    // A range of another index.
    ['devicesCount ge 0', undefined],
    ['devicesCount eq 5', 'userDisplayName'],
    ["id gt 'a'", 'devicesCount'],
    ["devicesCount ge 0 and id gt 'a'", 'devicesCount'],
    ["status eq 'error' and devicesCount eq 1", undefined],
    ["status eq 'error' and status gt 'compliant'", undefined],
    // No range at all.
    ['not (devicesCount ge 0)', 'devicesCount'],
    ['devicesCount ne 0', 'devicesCount'],
    ['devicesCount ge 0 or devicesCount lt 0', 'devicesCount'],
    ['devicesCount in (1,2)', 'devicesCount'],
    ['userDisplayName eq null', undefined],
    ['userDisplayName eq userPrincipalName', 'userDisplayName'],
    ["tolower(userDisplayName) eq 'a'", 'userDisplayName'],
    ['devicesCount add 1 gt 5', 'devicesCount'],
    ["contains(id,'a')", undefined],
    ['true', undefined],
  ])('reads rows that it does not return: $filter=%s, $orderby=%s', (filter, orderBy) => {
    expect(isRange(filter, orderBy)).toBe(false);
  });

  it.each([
    [undefined, 'devicesCount'],
    ['devicesCount eq 5', undefined],
    ['devicesCount ge 5', 'devicesCount'],
  ])('sorts by itself where no index does: $filter=%s, $orderby=%s', (filter, orderBy) => {
    expect(isRange(filter, orderBy, 'devicesCount')).toBe(false);
    expect(isRange(filter, orderBy, 'status')).toBe(true);
  });
});
