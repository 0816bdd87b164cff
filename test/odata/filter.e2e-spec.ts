import { beforeAll, describe, expect, it } from '@jest/globals';

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

function selects(rows: readonly (readonly [filter: string, ids: string])[]): void {
  it.each(rows)('%s → %s', async (filter, ids) => {
    const answer = await app.send('GET', `${COLLECTION}?$filter=${filter}`);

    expect(idsIn(answer)).toBe(ids);
  });
}

describe('comparisons', () => {
  selects([
    ["id eq 'bo'", 'bo'],
    ["id eq 'BO'", ''],
    ["'bo' eq id", 'bo'],
    ["id ne 'bo'", 'alex cy dee eve'],
    ["id gt 'cy'", 'dee eve'],
    ["id ge 'cy'", 'cy dee eve'],
    ["id lt 'bo'", 'alex'],
    ["id le 'bo'", 'alex bo'],
    ['devicesCount eq 12', 'alex'],
    ['devicesCount eq 12.0', 'alex'],
    ['devicesCount eq 1.2e1', 'alex'],
    ['devicesCount lt 0.5', 'bo cy'],
    ['devicesCount eq -7', 'bo'],
    ['devicesCount eq -0', 'cy'],
    ['devicesCount ge 2147483647', 'dee'],
    ['devicesCount gt 2147483647', ''],
    ['devicesCount lt 9223372036854775807', EVERYBODY],
    ['devicesCount lt 99999999999999999999999', EVERYBODY],
    ['devicesCount gt -9223372036854775808', EVERYBODY],
    ['devicesCount lt INF', EVERYBODY],
    ['devicesCount gt -INF', EVERYBODY],
    ['devicesCount eq NaN', ''],
    ['devicesCount ne NaN', EVERYBODY],
    ['1 eq 1', EVERYBODY],
    ['1 eq 2', ''],
    ['1 lt 2 eq true', EVERYBODY],
    ['true', EVERYBODY],
    ['false', ''],
    // By code point: capital letters before small ones, characters beyond the basic plane last.
    ["userDisplayName lt 'Z'", 'alex dee'],
    ["userDisplayName gt 'alex ä'", 'cy'],
    ["userDisplayName gt '\uffff'", 'cy'],
    ["userDisplayName eq 'alex a\u0308'", ''],
    ["userDisplayName eq 'O''Neil'", 'dee'],
    ["userDisplayName eq ''", ''],
    ["userDisplayName eq 'alex%20ä'", 'eve'],
    ["userDisplayName eq 'alex+ä'", 'eve'],
    ['userDisplayName eq userPrincipalName', 'bo'],
  ]);
});

describe('times', () => {
  selects([
    ['lastReportedDateTime eq 2017-01-01T00:00:17.7769392-08:00', 'alex'],
    ['lastReportedDateTime eq 2017-01-01T08:00:17.7769392Z', 'alex'],
    ['lastReportedDateTime eq 2017-01-01T08:00:17.776939200000Z', 'alex'],
    ['lastReportedDateTime eq 2017-01-01t08:00:17.7769392z', 'alex'],
    ['lastReportedDateTime eq 2017-01-01T16:00:17.7769392%2B08:00', 'alex'],
    // One client leaves the sign unencoded, and it arrives as a space.
    ['lastReportedDateTime eq 2017-01-01T16:00:17.7769392+08:00', 'alex'],
    ['lastReportedDateTime gt 2017-01-01T08:00:17.7769392Z', 'cy dee eve'],
    ['lastReportedDateTime ge 2017-01-01T08:00:17.776939200001Z', 'cy dee eve'],
    ['lastReportedDateTime gt 2017-01-01T08:00:17.776939200001Z', 'cy dee'],
    ['lastReportedDateTime eq 2024-02-29T07:00Z', 'dee'],
    ['lastReportedDateTime eq 0001-01-01T00:00:00Z', 'bo'],
    ['lastReportedDateTime eq 9999-12-31T23:59:59.9999999Z', 'cy'],
    ['lastReportedDateTime gt 9999-12-31T23:59:59Z', 'cy'],
    ['lastReportedDateTime le 9999-12-31T23:59:59.9999999Z', EVERYBODY],
    ['lastReportedDateTime lt 2017-01-01', 'bo'],
    ['lastReportedDateTime ge 2017-01-01', 'alex cy dee eve'],
    ['2017-01-02 gt lastReportedDateTime', 'alex bo eve'],
    [
      'lastReportedDateTime in (2017-01-01T08:00:17.7769392Z,0001-01-01T01:00:00%2B01:00)',
      'alex bo',
    ],
    ["lastReportedDateTime add duration'P1D' gt 2024-03-01T06:00:00Z", 'dee'],
    ["lastReportedDateTime add 'P1D' gt 2024-03-01T06:00:00Z", 'dee'],
    ["lastReportedDateTime sub duration'PT0.000000000001S' eq 2017-01-01T08:00:17.7769392Z", 'eve'],
    ["lastReportedDateTime sub 2017-01-01T08:00:17.7769392Z eq duration'PT0S'", 'alex'],
    ["lastReportedDateTime sub 2017-01-01T08:00:17Z lt duration'PT1S'", 'alex bo eve'],
    // Beyond the last year there is nothing.
    ["lastReportedDateTime add duration'P1D' eq null", 'cy'],
    ["date(lastReportedDateTime) add duration'P1D' eq 2024-03-01", 'dee'],
    ["date(lastReportedDateTime) sub 2024-02-28 eq duration'P1D'", 'dee'],
    ["duration'PT90M' eq duration'PT1H30M'", EVERYBODY],
    ["-duration'PT1H' lt duration'PT0S'", EVERYBODY],
    ["duration'PT1H' mul 2 eq duration'PT2H'", EVERYBODY],
    ["duration'PT1H' div 4 eq duration'PT15M'", EVERYBODY],
    ['case(devicesCount ge 10 :20,true:0) ge 0', EVERYBODY],
    // To the picosecond, halves away from zero.
    ["duration'P100DT0.000000000003S' div 3 eq duration'P33DT8H0.000000000001S'", EVERYBODY],
    ["-duration'PT0.000000000003S' div 2 eq -duration'PT0.000000000002S'", EVERYBODY],
    ["duration'PT0.000000000004S' div -3 eq -duration'PT0.000000000001S'", EVERYBODY],
    ["duration'P1D' div (devicesCount sub devicesCount) eq null", EVERYBODY],
  ]);
});

describe('the enumeration', () => {
  selects([
    ["status eq 'compliant'", 'alex'],
    ["status eq microsoft.graph.complianceStatus'compliant'", 'alex'],
    ["status eq graph.complianceStatus'compliant'", 'alex'],
    ["microsoft.graph.complianceStatus'compliant' eq status", 'alex'],
    ["status eq '2'", 'alex'],
    ["status ne 'compliant'", 'bo cy dee eve'],
    // By value, not by name.
    ["status gt 'remediated'", 'cy dee'],
    ["status ge microsoft.graph.complianceStatus'remediated'", 'cy dee eve'],
    ["status lt 'compliant'", 'bo'],
    ["status le 'compliant'", 'alex bo'],
    ["status in ('compliant','error')", 'alex dee'],
    ["status in (microsoft.graph.complianceStatus'compliant','error')", 'alex dee'],
    ["status has 'error'", 'cy dee'],
    ["status has microsoft.graph.complianceStatus'error'", 'cy dee'],
    ['status eq null', ''],
    ['status ne null', EVERYBODY],
  ]);
});

describe('null', () => {
  selects([
    ['null eq null', EVERYBODY],
    ['null ne null', ''],
    ["null ne 'x'", EVERYBODY],
    ['null gt 1', ''],
    ['null ge null', EVERYBODY],
    ['null le null', EVERYBODY],
    ['null gt null', ''],
    ['null', ''],
    ['not (null)', ''],
    ['not (null gt 1)', EVERYBODY],
    ['null or true', EVERYBODY],
    ['null and false', ''],
    ['not (null and false)', EVERYBODY],
    ['not (null or true)', ''],
    ['userPrincipalName eq null', 'bo dee'],
    ['userPrincipalName ne null', 'alex cy eve'],
    ["userPrincipalName ne '100%25_sure'", 'alex bo dee eve'],
    ["not (userPrincipalName eq '100%25_sure')", 'alex bo dee eve'],
    ['userPrincipalName gt null', ''],
    ['not (userPrincipalName gt null)', EVERYBODY],
    ["userPrincipalName gt 'a'", 'alex'],
    ["not (userPrincipalName gt 'a')", 'bo cy dee eve'],
    ["userPrincipalName lt 'a' or userPrincipalName ge 'a'", 'alex cy eve'],
    ['userPrincipalName ge userPrincipalName', EVERYBODY],
    ['userPrincipalName gt userPrincipalName', ''],
    ["userPrincipalName in ('alex@contoso.com',null)", 'alex bo dee'],
    ["not (userPrincipalName in ('alex@contoso.com',null))", 'cy eve'],
    ["userPrincipalName in ('alex@contoso.com')", 'alex'],
    ["not (userPrincipalName in ('alex@contoso.com'))", 'bo cy dee eve'],
    ['userPrincipalName in (null)', 'bo dee'],
    ['devicesCount in (null)', ''],
    // A function of null is null, and so is its negation.
    ["contains(userPrincipalName,'a')", 'alex eve'],
    ["not contains(userPrincipalName,'a')", 'cy'],
    ["contains(userPrincipalName,'a') eq null", 'bo dee'],
    ["contains(userPrincipalName,'a') ne true", 'bo cy dee'],
    ['length(userPrincipalName) eq null', 'bo dee'],
    ["concat(userPrincipalName,'!') eq null", 'bo dee'],
    ['contains(userDisplayName,null) eq null', EVERYBODY],
    ['devicesCount add null eq null', EVERYBODY],
    ['-null eq null', EVERYBODY],
  ]);
});

describe('and, or, not, in', () => {
  selects([
    ["id eq 'alex' or id eq 'bo'", 'alex bo'],
    ["id eq 'alex' and id eq 'bo'", ''],
    // "and" binds more tightly than "or", "not" than both.
    ["id eq 'alex' or id eq 'bo' and devicesCount eq 0", 'alex'],
    ["(id eq 'alex' or id eq 'bo') and devicesCount eq -7", 'bo'],
    ["not (id eq 'alex') and devicesCount gt 0", 'dee eve'],
    ["not(id eq 'alex')", 'bo cy dee eve'],
    ["not (not (id eq 'alex'))", 'alex'],
    ["not contains(id,'e')", 'bo cy'],
    ["not startswith(id,'a') and not endswith(id,'e')", 'bo cy'],
    ["id in ('alex','bo','nobody')", 'alex bo'],
    ["not (id in ('alex','bo'))", 'cy dee eve'],
    ["( id in ( 'alex' , 'bo' ) )", 'alex bo'],
    ['devicesCount in (12,-7)', 'alex bo'],
    ['devicesCount in (12.0,0.5)', 'alex'],
    // As large as an Int64 can be, and one more.
    ['devicesCount in (9223372036854775807,-9223372036854775808)', ''],
    ['devicesCount in (- -9223372036854775808,12)', 'alex'],
    ["id eq 'x' eq false", EVERYBODY],
  ]);
});

describe('arithmetic', () => {
  selects([
    ['devicesCount add 1 eq 13', 'alex'],
    ['devicesCount sub 1 eq 11', 'alex'],
    ['devicesCount sub -7 eq 0', 'bo'],
    ['devicesCount mul 2 eq 24', 'alex'],
    ['devicesCount add 1 eq 2147483648', 'dee'],
    // Exactly, up to Int64.
    ['devicesCount mul 4294967298 eq 9223372036854775806', 'dee'],
    // Integers divide to an integer, towards zero; divby does not.
    ['devicesCount div 5 eq 2', 'alex'],
    ['devicesCount div 2 eq -3', 'bo'],
    ['devicesCount div 2.0 eq -3.5', 'bo'],
    ['devicesCount divby 2 eq -3.5', 'bo'],
    ['devicesCount divby 0 eq INF', 'alex dee eve'],
    ['devicesCount divby 0 eq -INF', 'bo'],
    ['devicesCount div 0.0 eq -INF', 'bo'],
    // The remainder has the sign of the dividend.
    ['devicesCount mod 5 eq 2', 'alex dee eve'],
    ['devicesCount mod 5 eq -2', 'bo'],
    ['devicesCount mod -5 eq 2', 'alex dee eve'],
    ['devicesCount mod 0.5 eq 0', EVERYBODY],
    // Where a row makes the divisor zero there is no value.
    ['12 div devicesCount eq 1', 'alex eve'],
    ['12 div devicesCount eq null', 'cy'],
    ['12 mod devicesCount eq null', 'cy'],
    ['-devicesCount eq 7', 'bo'],
    ['- -devicesCount eq -7', 'bo'],
    ['-(devicesCount) gt 0', 'bo'],
    ['2 add 3 mul 4 eq 14', EVERYBODY],
    ['(2 add 3) mul 4 eq 20', EVERYBODY],
    ['7 sub 2 sub 1 eq 4', EVERYBODY],
    ['-2 mul 3 add 1 eq -5', EVERYBODY],
    ['devicesCount add 0.5 eq 12.5', 'alex'],
    ['devicesCount add 1 gt devicesCount', EVERYBODY],
    // Beyond Int64 a number goes on as a double.
    ['devicesCount mul 9223372036854775807 gt 9e18', 'alex dee eve'],
  ]);
});

describe('names and spellings', () => {
  selects([
    ["id EQ 'bo' OR id Eq 'cy'", 'bo cy'],
    ["NOT (id IN ('alex')) AND devicesCount GT 0", 'dee eve'],
    ['devicesCount ADD 1 Eq 13', 'alex'],
    ['userPrincipalName eq NULL', 'bo dee'],
    ['TRUE and not False', EVERYBODY],
    ["StartsWith(id,'a') or CONTAINS(id,'y')", 'alex cy'],
    ["$it/id eq 'bo'", 'bo'],
    ["Id eq 'bo'", 'bo'],
    ["$it/ID eq 'bo'", 'bo'],
    ["contains(USERDISPLAYNAME,'Neil') and STATUS eq 'error'", 'dee'],
    ["  id   eq%09'bo'  ", 'bo'],
    ['id%20eq%20%27bo%27', 'bo'],
    ["contains( id , 'o' )", 'bo'],
    // The word of an operator can be a text, and a text can hold one.
    ["userDisplayName eq 'and' or userDisplayName eq ' or '", ''],
  ]);
});

describe('parameter aliases', () => {
  selects([
    ["id eq @p&@p='bo'", 'bo'],
    ["@p&@p=id eq 'bo'", 'bo'],
    ["id eq @p or id eq @P&@p='bo'&@P='cy'", 'bo cy'],
    ["id eq @p or userDisplayName eq @p&@p='bo'", 'bo'],
    ["contains(id,@p) and devicesCount lt @q&@p='o'&@q=0", 'bo'],
    ["status eq @p&@p='compliant'", 'alex'],
    ["status eq @p&@p=microsoft.graph.complianceStatus'compliant'", 'alex'],
    ['lastReportedDateTime lt @p&@p=2017-01-01', 'bo'],
    ["id in @p&@p=('alex','bo')", 'alex bo'],
    // JSON, as collections behind an alias are.
    ['id in @p&@p=["alex","bo"]', 'alex bo'],
    ['userDisplayName in @p&@p=["O\'Neil","\\ud83d\\ude00 ΟΔΟΣ",null]', 'bo cy dee'],
    ['devicesCount in @p&@p=[12,-7]', 'alex bo'],
    ['status in @p&@p=["compliant","error"]', 'alex dee'],
    ["@p&@p=id eq @q&@q='bo'", 'bo'],
    // An alias without a value is null.
    ['userPrincipalName eq @p', 'bo dee'],
    ["id ne @p and id eq 'bo'", 'bo'],
    ["id eq 'bo'&@unused=)(", 'bo'],
  ]);
});
