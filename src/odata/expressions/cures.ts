/** What to write instead of what other languages have: said behind a fault, where it is known. */

const OPERATORS: readonly (readonly [pattern: RegExp, cure: string])[] = [
  [/^(?:===?|=)/, "Write 'eq' for equality."],
  [/^(?:!==?|<>)/, "Write 'ne' for what differs."],
  [/^(?:>=|<=|>|<)/, "Write 'gt', 'ge', 'lt' or 'le'."],
  [/^&&?/, "Write 'and'."],
  [/^\|\|?/, "Write 'or'."],
  [/^!/, "Write 'not', with parentheses: not (name eq 'text')."],
  [/^["“”„‘’`´]/, "Texts stand in single quotes: 'error'."],
  [/^\+/, "Write 'add', and '%2B' for a plus sign in a URL."],
  [/^\*/, "Write 'mul', or contains(name,'text') for a part of a text."],
  [/^%/, "Write 'mod'."],
  [/^[{}]/, 'Lists stand in parentheses: (1,2).'],
];

const PART_OF_TEXT =
  "Write contains(name,'text'), startswith(name,'text') or endswith(name,'text').";

const WITHOUT_TYPE =
  'Write the value alone: a time or a GUID stands without a type and without quotes.';

const WORDS: Readonly<Record<string, string>> = {
  like: PART_OF_TEXT,
  ilike: PART_OF_TEXT,
  contains: PART_OF_TEXT,
  startswith: PART_OF_TEXT,
  endswith: PART_OF_TEXT,
  is: "Write 'eq', as in: name eq null.",
  equals: "Write 'eq' for equality.",
  neq: "Write 'ne' for what differs.",
  gte: "Write 'ge'.",
  lte: "Write 'le'.",
  between: "Write 'ge' and 'le': name ge 1 and name le 9.",
  not: "Write 'not' before the whole: not (id in ('a','b')).",
  substringof: PART_OF_TEXT,
  datetime: WITHOUT_TYPE,
  datetimeoffset: WITHOUT_TYPE,
  guid: WITHOUT_TYPE,
  ascending: "Write 'asc'.",
  descending: "Write 'desc'.",
};

/** The sentence about a text that an expression does not go on with; empty where there is none. */
export function cureOf(text: string): string {
  const word = text.toLowerCase();
  if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
  return OPERATORS.find(([pattern]) => pattern.test(text))?.[1] ?? '';
}

const LOOSE_TIME =
  /^(\d{4,}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?![\d:.])(Z|[+-]\d\d:\d\d)?/i;

/** The same about a text that begins with a date: a time may lack its `T`, or its zone. */
export function cureOfTime(text: string): string {
  const [, date, time, zone = 'Z'] = LOOSE_TIME.exec(text) ?? [];
  return date === undefined ? '' : `Write it with 'T' and a zone: ${date}T${time!}${zone}.`;
}
