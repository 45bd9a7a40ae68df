/**
 * Writes DER, as far as certificates and keys need it.
 *
 * Source: ITU-T X.690.
 *
 * @module
 */

/** Returns one element with its tag, its length and its contents. */
export function derElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = contents.reduce((total, { length }) => total + length, 0);
  const head = size < 128 ? [tag, size] : [tag, ...longLength(size)];
  const out = new Uint8Array(head.length + size);
  out.set(head);
  let at = head.length;
  for (const content of contents) {
    out.set(content, at);
    at += content.length;
  }
  return out;
}

function longLength(size: number): number[] {
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** Returns a SEQUENCE. */
export function derSequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return derElement(0x30, ...parts);
}

/** Returns an INTEGER that is not negative, given by its bytes, most significant first. */
export function derInteger(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  // A first bit that is set would make it negative.
  return derElement(0x02, (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), digits);
}

/** Returns a BOOLEAN. */
export function derBoolean(value: boolean): Uint8Array<ArrayBuffer> {
  return derElement(0x01, Uint8Array.of(value ? 255 : 0));
}

/** Returns an OBJECT IDENTIFIER such as `2.5.4.3`. */
export function derOid(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(128 + left % 128);
    bytes.push(...digits);
  }
  return derElement(0x06, Uint8Array.from(bytes));
}

/** Returns an OCTET STRING. */
export function derOctets(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return derElement(0x04, ...parts);
}

/** Returns a BIT STRING of whole bytes; the last `unused` bits do not count. */
export function derBits(bytes: Uint8Array, unused = 0): Uint8Array<ArrayBuffer> {
  return derElement(0x03, Uint8Array.of(unused), bytes);
}

/** Returns a UTF8String. */
export function derText(value: string): Uint8Array<ArrayBuffer> {
  return derElement(0x0c, new TextEncoder().encode(value));
}

/** Returns a UTCTime for the years 1950 to 2049, a GeneralizedTime for others. */
export function derTime(date: Date): Uint8Array<ArrayBuffer> {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  const year = date.getUTCFullYear();
  const isShort = year >= 1950 && year < 2050;
  return derElement(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? digits.slice(2) : digits));
}

/** Returns elements in a context-specific tag, as certificates put their optional parts. */
export function derTagged(number: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return derElement(0xa0 + number, ...parts);
}

/** Returns PEM text around DER, such as `-----BEGIN CERTIFICATE-----`. */
export function derToPem(label: string, der: Uint8Array): string {
  const lines = der.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
