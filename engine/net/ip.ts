/**
 * Parses IP addresses and networks as Go does.
 *
 * Source: Go 1.14, `net/ip.go`: numbers may have leading zeros, and an IPv4
 * address equals its IPv6 form.
 *
 * @module
 */

/** Sixteen bytes; IPv4 addresses as `::ffff:a.b.c.d`. */
export type Ip = Uint8Array;

/** A network: the addresses that begin with the first `bits` bits of `ip`. */
export interface Network {
  readonly ip: Ip;
  /** 0 to 128; the prefix length of an IPv4 network plus 96. */
  readonly bits: number;
}

/** Returns the address; `undefined` for any other text. */
export function parseIp(text: string): Ip | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Returns a network such as `10.0.0.0/8`; address bits beyond the prefix are ignored. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  const ip = parseIp(address);
  if (ip === undefined || !/^[0-9]+$/.test(length)) return undefined;
  const written = address.includes(":") ? 128 : 32;
  const bits = Number(length) + 128 - written;
  return bits > 128 ? undefined : { ip, bits };
}

/** True if the network contains the address. An IPv4 network contains no IPv6 address, and the reverse. */
export function holds({ ip, bits }: Network, address: Ip): boolean {
  if (isIpv4(address) && !(isIpv4(ip) && bits >= 96)) return false;
  return address.every((byte, index) => {
    const shift = 8 - Math.min(8, Math.max(0, bits - index * 8));
    return byte >> shift === (ip[index] ?? 0) >> shift;
  });
}

/** True if both are the same address. */
export function sameIp(left: Ip, right: Ip): boolean {
  return left.every((byte, index) => byte === right[index]);
}

/** True for 127.0.0.0/8 and `::1`. */
export function isLoopback(ip: Ip): boolean {
  return isIpv4(ip) ? ip[12] === 127 : sameIp(ip, LOOPBACK);
}

const LOOPBACK = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

function isIpv4(ip: Ip): boolean {
  return MAPPED.every((byte, index) => ip[index] === byte);
}

function parseIpv4(text: string): Ip | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^0*[0-9]{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return Uint8Array.from([...MAPPED, ...parts.map(Number)]);
}

function parseIpv6(text: string): Ip | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupBytes);
  if (head === undefined || halves.length === 2 && tail === undefined) return undefined;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? given !== 16 : given > 14) return undefined;
  return Uint8Array.from([...head, ...Array<number>(16 - given).fill(0), ...tail ?? []]);
}

/** Returns the bytes of groups such as `fe80:0:1` or `ffff:10.0.0.1`. */
function groupBytes(text: string, half: number, { length }: readonly string[]): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1 && half === length - 1;
    if (isLast && group.includes(".")) {
      const four = parseIpv4(group);
      if (four === undefined) return undefined;
      bytes.push(...four.subarray(12));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255);
    }
  }
  return bytes;
}
