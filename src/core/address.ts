/**
 * IPv6 addresses as numbers.
 */

/**
 * The 16 bytes of an address in the spelling that a URL has, without brackets and zone: groups of hexadecimal digits and at most
 * one `::`.
 */
export function ipv6Bytes(text: string): readonly number[] {
  const [head = "", tail] = text.split("::");
  const left = groups(head);
  if (tail === undefined) return left;
  const right = groups(tail);
  return [...left, ...Array.from({ length: 16 - left.length - right.length }, () => 0), ...right];
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
