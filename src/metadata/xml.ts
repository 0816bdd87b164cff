/** XML 1.0 as text. Everything that goes in is escaped here, and nowhere else. */

export const XML_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // In an attribute, a parser would read each as a blank (section 3.3.3).
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

type AttributeValue = string | number | boolean | undefined;

/**
 * An element, indented; an attribute that is `undefined` is left out. `content` is elements, or a
 * text.
 */
export function toElement(
  name: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  content: readonly string[] | string = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escape(String(value))}"`);
  const start = `<${name}${written.join('')}`;
  if (typeof content === 'string') return `${start}>${escape(content)}</${name}>`;
  if (content.length === 0) return `${start}/>`;
  // No line ends but these are left after escaping.
  const lines = content.join('\n').replace(/^/gm, '  ');
  return `${start}>\n${lines}\n</${name}>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character]!);
}
