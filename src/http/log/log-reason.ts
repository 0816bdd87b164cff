/**
 * Why a request was refused, in the words that a log may hold: none of the caller's, which may be
 * keys or values.
 */
import type { GraphError } from '../../errors/graph-error.js';

/** Statuses whose messages are all our own words. */
const OWN_WORDS: ReadonlySet<number> = new Set([401, 403, 408, 429, 431, 503]);

/**
 * The caller's words stand in quotes, and may have quotes in them; a text that is cut may lack the
 * last.
 */
const QUOTED = /['"].*['"]|['"].*$/s;

/** The one message in which they stand without (contract, section 5). */
const REQUEST_ID = /^(Request Id ).*( has to be unique)/s;

/** A name of a property, an option or a part of the URL; a caller may invent others. */
const NAME = /^[$@\w.-]{1,128}$/;

export function toReason({ status, message }: GraphError): string {
  if (OWN_WORDS.has(status)) return message;
  return message.replace(QUOTED, "'…'").replace(REQUEST_ID, '$1…$2');
}

export function toTarget({ target }: GraphError): string | undefined {
  return target === undefined || NAME.test(target) ? target : '…';
}
