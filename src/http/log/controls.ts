/**
 * What a terminal would obey if it came from a caller, apart from the tab and the end of a line:
 * controls, and of formats those that turn or end a line.
 */
export const CONTROLS =
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
