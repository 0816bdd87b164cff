/** What an aggregation method takes, and of which type its result is. */
import { isNumeric, type Property } from '../edm.js';
import type { Method } from './aggregation.js';

type ResultType = Omit<Property, 'name'>;

/** "The result property MUST have type Edm.Decimal with Scale 0" (3.2.1.4 and 3.2.1.3.5). */
export const COUNT: ResultType = {
  type: 'integer',
  edmType: 'Edm.Decimal',
  isNullable: false,
  isSearchable: false,
};

/** Many integers together are more than an integer type of theirs may hold (3.2.1.3.1). */
const SUM_OF_INTEGERS: ResultType = { ...COUNT, isNullable: true };

const DOUBLE: ResultType = { ...SUM_OF_INTEGERS, type: 'decimal', edmType: 'Edm.Double' };

/** `undefined` where the method takes no such values. */
export function findResultType(method: Method, of: Property): ResultType | undefined {
  switch (method) {
    case 'countdistinct':
      return COUNT;
    case 'min':
    case 'max':
      return { ...of, isNullable: true, isSearchable: false };
    case 'sum':
      if (!isNumeric(of.type)) return undefined;
      return of.type === 'integer' ? SUM_OF_INTEGERS : DOUBLE;
    case 'average':
      return isNumeric(of.type) ? DOUBLE : undefined;
  }
}
