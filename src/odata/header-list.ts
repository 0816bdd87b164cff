/** The members of a header whose value is a list (RFC 9110, 5.6.1): split at the commas that are outside quotes. */
export function splitList(header: string): string[] {
  const members: readonly string[] = header.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
  return members.map((member) => member.trim()).filter((member) => member !== '');
}
