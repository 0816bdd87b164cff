import { beforeAll, describe, expect, it } from '@jest/globals';

import {
  CONSTANT_FUNCTIONS,
  FUNCTIONS,
  SPECIAL_FUNCTIONS,
} from '../../src/odata/expressions/functions.js';
import { EVERYBODY, seedFilterWorld } from '../support/filter-world.js';
import { idsIn } from '../support/seed.js';
import { borrowTestApp, type TestApp } from '../support/test-app.js';
import { COLLECTION } from '../support/user-status.js';

// Nothing here writes: one world serves every row.
let app: TestApp;

beforeAll(async () => {
  app = await borrowTestApp();
  await seedFilterWorld(app);
});

type Row = readonly [filter: string, ids: string];

const TEXTS: readonly Row[] = [
  ["contains(userPrincipalName,'contoso')", 'alex'],
  ["contains(userPrincipalName,'CONTOSO')", ''],
  // Neither is a wildcard.
  ["contains(userPrincipalName,'0%25_s')", 'cy'],
  ["contains(userPrincipalName,'%25')", 'cy'],
  ["contains(userPrincipalName,'_')", 'cy'],
  ["contains(userPrincipalName,'')", 'alex cy eve'],
  ["contains(userDisplayName,'😀')", 'cy'],
  ["startswith(userDisplayName,'Alex')", 'alex'],
  ["startswith(userDisplayName,'😀')", 'cy'],
  ["startswith(userPrincipalName,'%25')", ''],
  ["endswith(userPrincipalName,'_sure')", 'cy'],
  ["endswith(userDisplayName,'ä')", 'eve'],
  ["endswith(userDisplayName,'')", 'alex cy dee eve'],
  ['length(userDisplayName) eq 6', 'alex cy dee eve'],
  ["length('😀') eq 1", EVERYBODY],
  ["length('') eq 0", EVERYBODY],
  ["indexof(userDisplayName,'Ο') eq 2", 'cy'],
  ["indexof(userDisplayName,'x') eq 3", 'alex eve'],
  ["indexof(userDisplayName,'zz') eq -1", 'alex cy dee eve'],
  ["indexof(userDisplayName,'') eq 0", 'alex cy dee eve'],
  ["substring(userDisplayName,0,1) eq '😀'", 'cy'],
  ["substring(userDisplayName,5) eq 'Ä'", 'alex'],
  ["substring(id,1,2) eq 'le'", 'alex'],
  ["substring(id,99) eq ''", EVERYBODY],
  ["substring(id,1,0) eq ''", EVERYBODY],
  ["substring(id,-1) eq 'o'", 'bo'],
  ["substring(id,-2,1) eq 'e'", 'alex dee'],
  ["substring(id,devicesCount mul 9223372036854775807) eq 'bo'", 'bo'],
  ["tolower(userDisplayName) eq 'alex ä'", 'alex eve'],
  ["toupper(userDisplayName) eq 'ALEX Ä'", 'alex eve'],
  ["contains(tolower(userPrincipalName),'system')", 'eve'],
  ["trim(' \t x\u00a0') eq 'x'", EVERYBODY],
  ["trim('a b') eq 'a b'", EVERYBODY],
  ["concat(id,'!') eq 'bo!'", 'bo'],
  ["concat(concat(id,', '),userDisplayName) eq 'dee, O''Neil'", 'dee'],
  ["matchesPattern(id,'^.{2}$')", 'bo cy'],
  ["matchesPattern(userDisplayName,'^alex')", 'eve'],
  ["matchesPattern(userDisplayName,'^alex','i')", 'alex eve'],
  ["matchesPattern(userDisplayName,'^. Ο')", 'cy'],
  ["matchesPattern(userPrincipalName,'%5Cd%25')", 'cy'],
  ["matchesPattern(id,'(a%2B)%2B$')", ''],
];

const TIMES: readonly Row[] = [
  // In the time zone of the value itself.
  ['year(lastReportedDateTime) eq 2017', 'alex eve'],
  ['year(lastReportedDateTime) eq 1 or year(lastReportedDateTime) eq 9999', 'bo cy'],
  ['month(lastReportedDateTime) eq 2', 'dee'],
  ['day(lastReportedDateTime) eq 29', 'dee'],
  ['hour(lastReportedDateTime) eq 12', 'dee'],
  ['hour(lastReportedDateTime) eq 8', 'eve'],
  ['minute(lastReportedDateTime) eq 30', 'dee'],
  ['second(lastReportedDateTime) eq 17', 'alex eve'],
  ['second(lastReportedDateTime) eq 0', 'bo dee'],
  ['fractionalseconds(lastReportedDateTime) eq 0.7769392', 'alex'],
  ['fractionalseconds(lastReportedDateTime) eq 0.776939200001', 'eve'],
  ['fractionalseconds(lastReportedDateTime) eq 0', 'bo dee'],
  ['date(lastReportedDateTime) eq 2017-01-01', 'alex eve'],
  ['date(lastReportedDateTime) lt 2017-01-01', 'bo'],
  ['year(date(lastReportedDateTime)) eq 2024', 'dee'],
  ['time(lastReportedDateTime) eq 12:30', 'dee'],
  ['time(lastReportedDateTime) eq 00:00:17.7769392', 'alex'],
  ['time(lastReportedDateTime) gt 12:30:00.0001', 'cy'],
  ['hour(time(lastReportedDateTime)) eq 23', 'cy'],
  ['minute(12:34:56.789) eq 34 and second(12:34:56.789) eq 56', EVERYBODY],
  ['fractionalseconds(12:34:56.789) eq 0.789', EVERYBODY],
  ['month(2024-02-29) eq 2 and day(2024-02-29) eq 29', EVERYBODY],
  ['totaloffsetminutes(lastReportedDateTime) eq -480', 'alex'],
  ['totaloffsetminutes(lastReportedDateTime) eq 330', 'dee'],
  ['totaloffsetminutes(lastReportedDateTime) eq 0', 'bo cy eve'],
  ["totalseconds(duration'P1DT1H1M1.5S') eq 90061.5", EVERYBODY],
  ["totalseconds(-duration'PT1M') eq -60", EVERYBODY],
  ['lastReportedDateTime lt now()', 'alex bo dee eve'],
  ["lastReportedDateTime gt now() sub duration'P20000D'", 'alex cy dee eve'],
  ['now() eq now()', EVERYBODY],
  ['lastReportedDateTime eq mindatetime()', 'bo'],
  ['lastReportedDateTime le maxdatetime()', EVERYBODY],
];

const NUMBERS: readonly Row[] = [
  // Halves go away from zero.
  ['round(2.5) eq 3 and round(-2.5) eq -3 and round(2.4) eq 2', EVERYBODY],
  // A decimal can be a whole number.
  ['round(cast(devicesCount,Edm.Decimal)) eq 12', 'alex'],
  ['round(cast(status,Edm.Double)) ge 0 and round(case(true:1,true:0.5)) eq 1', EVERYBODY],
  ['floor(-2.5) eq -3 and ceiling(-2.5) eq -2', EVERYBODY],
  ['round(devicesCount) eq 12', 'alex'],
  ['round(devicesCount divby 2) eq -4', 'bo'],
  ['floor(devicesCount divby 2) eq 3', 'eve'],
  ['ceiling(devicesCount divby 2) eq 4', 'eve'],
];

const CASTS: readonly Row[] = [
  ["cast(devicesCount,Edm.String) eq '-7'", 'bo'],
  ["endswith(cast(devicesCount,Edm.String),'7')", 'bo dee eve'],
  ["cast(status,Edm.String) eq 'compliant'", 'alex'],
  ["startswith(cast(status,Edm.String),'co')", 'alex'],
  ['cast(status,Edm.Int32) ge 5', 'cy dee'],
  ["cast('compliant',microsoft.graph.complianceStatus) eq status", 'alex'],
  ["cast(devicesCount,microsoft.graph.complianceStatus) eq 'notAssigned'", 'eve'],
  ["cast('12',Edm.Int32) eq devicesCount", 'alex'],
  ['cast(2.5,Edm.Int32) eq 3', EVERYBODY],
  ['cast(devicesCount,Edm.Double) divby 2 eq 6', 'alex'],
  ['cast(lastReportedDateTime,Edm.Date) eq 2024-02-29', 'dee'],
  ['cast(lastReportedDateTime,Edm.TimeOfDay) eq 12:30:00', 'dee'],
  ["cast(lastReportedDateTime,Edm.String) eq '2024-02-29T12:30%2B05:30'", 'dee'],
  ["cast('2017-01-01T08:00:17.7769392Z',Edm.DateTimeOffset) eq lastReportedDateTime", 'alex'],
  ["cast('PT1H',Edm.Duration) eq duration'PT60M'", EVERYBODY],
  ["cast('true',Edm.Boolean)", EVERYBODY],
  // What cannot be cast is null.
  ["cast('x',Edm.Int32) eq null", EVERYBODY],
  ['cast(devicesCount,Edm.Byte) eq null', 'bo dee'],
  ['cast(null,Edm.String) eq null', EVERYBODY],
  ['cast(userPrincipalName,Edm.String) eq null', 'bo dee'],
];

const CASES: readonly Row[] = [
  ["case(devicesCount gt 0:'more',devicesCount lt 0:'less',true:'none') eq 'less'", 'bo'],
  ["case(devicesCount gt 0:'more',true:'other') eq 'other'", 'bo cy'],
  // The first that is true, and null where none is.
  ['case(true:1,true:2) eq 1', EVERYBODY],
  ['case(devicesCount gt 0:1) eq null', 'bo cy'],
  ["case(userPrincipalName gt 'a':1,true:2) eq 2", 'bo cy dee eve'],
  ['case(null:1,true:2) eq 2', EVERYBODY],
  ['case(devicesCount gt 0:1,true:0.5) eq 0.5', 'bo cy'],
  ["case(devicesCount gt 0:status,true:'error') eq 'error'", 'bo cy dee'],
];

describe('functions', () => {
  it.each([...TEXTS, ...TIMES, ...NUMBERS, ...CASTS, ...CASES])('%s → %s', async (filter, ids) => {
    const answer = await app.send('GET', `${COLLECTION}?$filter=${filter}`);

    expect(idsIn(answer)).toBe(ids);
  });

  it('are all in these tables', () => {
    const rows = [...TEXTS, ...TIMES, ...NUMBERS, ...CASTS, ...CASES].join('\n').toLowerCase();
    const names = [FUNCTIONS, CONSTANT_FUNCTIONS].flatMap((table) => Object.keys(table));

    expect([...names, ...SPECIAL_FUNCTIONS].filter((name) => !rows.includes(`${name}(`))).toEqual(
      [],
    );
  });
});
