/**
 * Writes DER, as far as certificates and keys need it.
 *
 * @module
 */

/** Returns one element with its tag and length. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((total, { length }) => total + length, 0);
  const head = size < 128 ? [tag, size] : [tag, ...longLength(size)];
  const out = new Uint8Array(head.length + size);
  out.set(head);
  let at = head.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function longLength(size: number): number[] {
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Returns a SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x30, ...parts);
}

/** Returns a SET of one element. */
export function set(part: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x31, part);
}

/** Returns a positive INTEGER from its bytes, most significant first. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return (digits[0] ?? 0) >= 128 ? element(0x02, Uint8Array.of(0), digits) : element(0x02, digits);
}

/** Returns a BOOLEAN. */
export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return element(0x01, Uint8Array.of(value ? 255 : 0));
}

/** Returns a NULL. */
export function nothing(): Uint8Array<ArrayBuffer> {
  return element(0x05);
}

/** Returns an OBJECT IDENTIFIER from its dotted form, such as `2.5.4.3`. */
export function identifier(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(128 + left % 128);
    bytes.push(...groups);
  }
  return element(0x06, Uint8Array.from(bytes));
}

/** Returns an OCTET STRING. */
export function octets(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x04, ...parts);
}

/** Returns a BIT STRING of whole bytes, less the last `unused` bits. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array<ArrayBuffer> {
  return element(0x03, Uint8Array.of(unused), bytes);
}

/** Returns a UTCTime for the years 1950 to 2049, and a GeneralizedTime for others. */
export function time(date: Date): Uint8Array<ArrayBuffer> {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  const isShort = digits >= "1950" && digits < "2050";
  return element(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? digits.slice(2) : digits));
}

/** Returns elements in a context-specific tag, as certificates put their optional parts. */
export function tagged(number: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0xa0 + number, ...parts);
}
