/**
 * A certificate for tests of TLS, made on the spot: just enough DER.
 *
 * @module
 */

function der(tag: number, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  const out = new Uint8Array(1 + size.length + length);
  out.set([tag, ...size]);
  let at = 1 + size.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const text = (tag: number, value: string): Uint8Array => der(tag, new TextEncoder().encode(value));
const sequence = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => der(0x30, ...parts);
const oid = (...values: number[]): Uint8Array => der(0x06, bytes(...values));
const name = (value: string): Uint8Array => sequence(der(0x31, sequence(oid(0x55, 4, 3), text(0x0c, value))));

/** An unsigned integer; leading zeros go, a sign bit gets one. */
function integer(value: Uint8Array): Uint8Array {
  const start = value.findIndex((byte) => byte !== 0);
  const short = value.slice(start < 0 ? value.length - 1 : start);
  return der(0x02, (short[0] ?? 0) > 127 ? bytes(0) : bytes(), short);
}

const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

function utcTime(date: Date): Uint8Array {
  return text(0x17, date.toISOString().replace(/\D/g, "").slice(2, 14) + "Z");
}

function pem(label: string, data: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${data.toBase64().replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
}

async function sign(
  subject: string,
  keys: CryptoKeyPair,
  signer: CryptoKey,
  extension: Uint8Array,
): Promise<string> {
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
  const body = sequence(
    der(0xa0, integer(bytes(2))),
    integer(crypto.getRandomValues(new Uint8Array(8))),
    ECDSA_SHA256,
    name("test authority"),
    sequence(utcTime(from), utcTime(to)),
    name(subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)),
    der(0xa3, sequence(extension)),
  );
  const raw = new Uint8Array(await crypto.subtle.sign(ALGORITHM, signer, body));
  const signature = sequence(integer(raw.slice(0, 32)), integer(raw.slice(32)));
  return pem("CERTIFICATE", sequence(body, ECDSA_SHA256, der(0x03, bytes(0), signature)));
}

/** PEM texts: an authority, a certificate that it signed for 127.0.0.1 and `inside.example.com`, and its key. */
export async function testCertificate(): Promise<{ ca: string; cert: string; key: string }> {
  const pair = (): Promise<CryptoKeyPair> =>
    crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
  const [authority, own] = [await pair(), await pair()];
  const isAuthority = sequence(oid(0x55, 29, 19), der(0x01, bytes(255)), der(0x04, sequence(der(0x01, bytes(255)))));
  const names = sequence(der(0x87, bytes(127, 0, 0, 1)), text(0x82, "inside.example.com"));
  return {
    ca: await sign("test authority", authority, authority.privateKey, isAuthority),
    cert: await sign("server", own, authority.privateKey, sequence(oid(0x55, 29, 17), der(0x04, names))),
    key: pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", own.privateKey))),
  };
}
