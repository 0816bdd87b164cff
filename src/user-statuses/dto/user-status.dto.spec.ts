import 'reflect-metadata';

import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';

import { rulesOf } from '../../entity-sets/bodies/body-rules.js';
import { USER_STATUS } from '../model/user-statuses.set.js';
import { CreateUserStatusDto } from './create-user-status.dto.js';
import { ReplaceUserStatusDto } from './replace-user-status.dto.js';
import { UpdateUserStatusDto } from './update-user-status.dto.js';

const GOOD = {
  id: 'alex',
  devicesCount: 12,
  lastReportedDateTime: '2017-01-01T00:00:17.7769392-08:00',
  status: 'error',
  userDisplayName: null,
  userPrincipalName: 'alex@contoso.example',
};

const VALUES = [
  undefined,
  null,
  '',
  'x',
  'error',
  0,
  -1,
  1.5,
  2 ** 31,
  NaN,
  true,
  [],
  {},
  'a\u0000',
  '\ud800',
  'x'.repeat(1025),
];

const CASES = Object.keys(GOOD).flatMap((name) =>
  VALUES.map((value) => ({ ...GOOD, [name]: value })),
);

describe('rulesOf', () => {
  it.each([
    ['create', CreateUserStatusDto],
    ['replace', ReplaceUserStatusDto],
    ['update', UpdateUserStatusDto],
  ])('judges the body of a %s as class-validator does', (_what, Dto) => {
    const { isValid } = rulesOf(Dto);
    const judged = CASES.map((body) => {
      const dto = Object.assign(new Dto(), body);
      const faults = validateSync(dto, { forbidUnknownValues: false });
      return { body, isValid: isValid(dto), isWithoutFault: faults.length === 0 };
    });

    expect(judged.filter((each) => each.isValid !== each.isWithoutFault)).toEqual([]);
    expect(judged.some((each) => each.isValid)).toBe(true);
    expect(judged.some((each) => !each.isValid)).toBe(true);
  });

  it('knows the properties of the type, and no others', () => {
    const names = USER_STATUS.properties.map(({ name }) => name);

    for (const Dto of [CreateUserStatusDto, ReplaceUserStatusDto, UpdateUserStatusDto]) {
      const known = [...rulesOf(Dto).properties].filter((name) => !name.includes('@'));
      expect(known.sort()).toEqual([...names].sort());
    }
  });
});
