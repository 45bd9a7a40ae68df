/**
 * IP addresses as Go's `net.ParseIP` reads them.
 *
 * @module
 */

/** Returns 4 bytes, or 16 for an address that is no IPv4; `undefined` for text that is none. */
export function parseIp(text: string): Uint8Array | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  // What comes first decides; a dot before any colon makes it IPv4, which has no colons.
  if (text.includes(".") && text.indexOf(".") < text.indexOf(":")) return undefined;
  const address = parseIpv6(text);
  const isMapped = address?.subarray(0, 10).every((byte) => byte === 0) && address[10] === 255 && address[11] === 255;
  return isMapped ? address?.subarray(12) : address;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  // Zeros in front are fine, and mean nothing.
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]+$/.test(part) && Number(part) < 256)) return undefined;
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const tail = right ?? [];
  const missing = 16 - left.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...left, ...new Array<number>(missing).fill(0), ...tail]);
}

/** Bytes of groups between colons; the last group of the address may be an IPv4 address. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (isLast && index === groups.length - 1 && group.includes(".")) {
      const address = parseIpv4(group);
      if (address === undefined) return undefined;
      bytes.push(...address);
      continue;
    }
    const value = /^[0-9a-fA-F]+$/.test(group) ? parseInt(group, 16) : 0x10000;
    if (value > 0xffff) return undefined;
    bytes.push(value >> 8, value & 255);
  }
  return bytes;
}
