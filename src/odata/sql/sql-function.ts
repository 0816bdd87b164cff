/** A function that SQL has in another form, or not at all. `null` in any argument gives `null`. */
export type SqlFunction =
  // (string, string) → boolean
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  // (string, pattern, flags) → boolean
  | 'matchesPattern'
  // (string, string) → integer
  | 'indexOf'
  // (string) → integer, in characters
  | 'length'
  // (string, start[, length]) → string
  | 'substring'
  | 'toLower'
  | 'toUpper'
  | 'trim'
  | 'concat'
  // (date or dateTimeOffset) → integer
  | 'year'
  | 'month'
  | 'day'
  // (dateTimeOffset) → integer
  | 'hourOfDateTime'
  | 'minuteOfDateTime'
  | 'totalOffsetMinutes'
  // (timeOfDay) → integer
  | 'hour'
  | 'minute'
  // (timeOfDay or dateTimeOffset) → integer, decimal
  | 'second'
  | 'fractionalSeconds'
  // (dateTimeOffset) → date, timeOfDay, instant
  | 'date'
  | 'time'
  | 'instant'
  | 'totalSeconds'
  // (number) → number
  | 'round'
  | 'floor'
  | 'ceiling'
  // arithmetic that operators of SQL do not do
  | 'divideDecimals'
  | 'modulo'
  | 'addDuration'
  | 'addDurationToDate'
  | 'subtractInstants'
  | 'subtractDates'
  | 'addDurations'
  | 'negateDuration'
  | 'multiplyDuration'
  | 'divideDuration'
  // (value, type of the value, type) → value
  | 'cast'
  // (text, folded term) → boolean: whether the text has the term, without regard to case
  | 'hasTerm';
