/**
 * Two fields of a certificate that the runtime does not expose: its version and
 * its extended key usages.
 *
 * @module
 */

/** Fields of one certificate. */
export interface CertificateFields {
  /** 1, 2 or 3. */
  readonly version: number;
  /** Extended key usages: hexadecimal digits of their object identifiers. Absent: every usage is allowed. */
  readonly usages: readonly string[] | undefined;
}

/** Server authentication: 1.3.6.1.5.5.7.3.1. */
const SERVER = "2b06010505070301";
/** Any usage: 2.5.29.37.0. */
const ANY = "551d2500";
/** The extension of extended key usages: 2.5.29.37. */
const EXTENDED_USAGE = "551d25";

/** True if the certificate may be used for a server. */
export function isForServers({ usages }: CertificateFields): boolean {
  return usages === undefined || usages.includes(SERVER) || usages.includes(ANY);
}

/** Returns the fields; `undefined` when the bytes are not a certificate. */
export function certificateFields(der: Uint8Array): CertificateFields | undefined {
  try {
    const [certificate] = elements(der);
    const [body] = elements(certificate?.content);
    const parts = elements(body?.content);
    const [first] = parts;
    const written = first?.tag === 0xa0 ? elements(first.content)[0]?.content : undefined;
    const extensions = parts.find(({ tag }) => tag === 0xa3);
    return {
      version: written === undefined ? 1 : (written.at(-1) ?? 0) + 1,
      usages: extensions === undefined ? undefined : usagesOf(extensions.content),
    };
  } catch {
    return undefined;
  }
}

function usagesOf(extensions: Uint8Array): readonly string[] | undefined {
  for (const extension of elements(elements(extensions)[0]?.content)) {
    const fields = elements(extension.content);
    if (fields[0]?.content.toHex() !== EXTENDED_USAGE) continue;
    const list = elements(fields.at(-1)?.content)[0];
    return elements(list?.content).map(({ content }) => content.toHex());
  }
  return undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Returns the consecutive elements of DER bytes. */
function elements(bytes: Uint8Array | undefined): Element[] {
  if (bytes === undefined) throw new RangeError("an element is missing");
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const short = bytes[at + 1] ?? 0;
    const sizeBytes = short < 128 ? 0 : short - 128;
    let length = sizeBytes === 0 ? short : 0;
    for (let index = 0; index < sizeBytes; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0);
    const start = at + 2 + sizeBytes;
    if (start + length > bytes.length) throw new RangeError("an element is cut off");
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}
