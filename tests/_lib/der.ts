/**
 * Writes DER, as far as the tests' certificates need it.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** One element with its tag and length. */
export function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length = content.length;
  if (length < 128) return Buffer.concat([Uint8Array.of(tag, length), content]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.concat([Uint8Array.of(tag, 128 + bytes.length, ...bytes), content]);
}

/** A SEQUENCE. */
export function sequence(...parts: Uint8Array[]): Uint8Array {
  return element(0x30, ...parts);
}

/** A positive INTEGER from its bytes. */
export function integer(bytes: Uint8Array): Uint8Array {
  return (bytes[0] ?? 0) >= 128 ? element(0x02, Uint8Array.of(0), bytes) : element(0x02, bytes);
}

/** A BOOLEAN. */
export function boolean(value: boolean): Uint8Array {
  return element(0x01, Uint8Array.of(value ? 255 : 0));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function identifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(128 + left % 128);
    bytes.push(...groups);
  }
  return element(0x06, Uint8Array.from(bytes));
}

/** An OCTET STRING. */
export function octets(...parts: Uint8Array[]): Uint8Array {
  return element(0x04, ...parts);
}

/** A BIT STRING of whole bytes, less the last `unused` bits. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return element(0x03, Uint8Array.of(unused), bytes);
}

/** A UTF8String. */
export function text(value: string): Uint8Array {
  return element(0x0c, Buffer.from(value, "utf8"));
}

/** A UTCTime; valid for years before 2050. */
export function time(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "").slice(2);
  return element(0x17, Buffer.from(digits, "ascii"));
}

/** Elements of a SEQUENCE in a context-specific tag, as certificates encode their optional parts. */
export function tagged(number: number, ...parts: Uint8Array[]): Uint8Array {
  return element(0xa0 + number, ...parts);
}

/** PEM text around DER. */
export function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
