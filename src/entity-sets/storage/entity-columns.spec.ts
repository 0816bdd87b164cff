import { describe, expect, it } from '@jest/globals';

import type { StoredRow, Table } from '../../database/table.js';
import type { StoredType } from '../entity-set.js';
import { toColumns } from './entity-columns.js';

const TYPE: StoredType = {
  odataType: '#a.type',
  description: '',
  key: 'id',
  enumerations: [],
  properties: [
    {
      name: 'id',
      type: 'string',
      maxLength: 9,
      edmType: 'Edm.String',
      comparable: 'id',
      isNullable: false,
      isSearchable: false,
      description: '',
    },
    {
      name: 'at',
      type: 'dateTimeOffset',
      edmType: 'Edm.DateTimeOffset',
      jsonType: '#DateTimeOffset',
      comparable: 'instant',
      isNullable: false,
      isSearchable: false,
      description: '',
    },
  ],
};

const PROPERTIES = ['collectionId', 'id', 'at', 'instant', 'revision'];

/** A table whose entity has these properties. */
function tableOf(properties: readonly string[]): Table<StoredRow> {
  return {
    name: '"rows"',
    counts: '"counts"',
    columns: new Map(properties.map((name) => [name as keyof StoredRow, `"the_${name}"`])),
    indexed: new Set(),
    collectionId: () => Promise.resolve(0),
    keyOf: (_collection, id) => id,
  };
}

describe('toColumns', () => {
  it('finds the columns of each property', () => {
    expect(toColumns(TYPE, tableOf(PROPERTIES))).toEqual(
      new Map([
        ['id', { value: '"the_id"', comparable: '"the_id"' }],
        ['at', { value: '"the_at"', comparable: '"the_instant"' }],
      ]),
    );
  });

  it.each(PROPERTIES)('names what the entity lacks: %s', (name) => {
    const table = tableOf(PROPERTIES.filter((each) => each !== name));

    expect(() => toColumns(TYPE, table)).toThrow(
      `the entity of the table "rows" lacks the property '${name}'`,
    );
  });

  it('names what the type lacks', () => {
    expect(() => toColumns(TYPE, tableOf([...PROPERTIES, 'more']))).toThrow(
      "#a.type lacks the property 'more'",
    );
  });

  it('names a time that would be compared as a text', () => {
    const [id, time] = TYPE.properties;
    const type = { ...TYPE, properties: [id!, { ...time!, comparable: 'at' }] };
    const table = tableOf(PROPERTIES.filter((each) => each !== 'instant'));

    expect(() => toColumns(type, table)).toThrow("'at' of #a.type is a time");
  });
});
