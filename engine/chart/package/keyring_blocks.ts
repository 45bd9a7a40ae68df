/**
 * The bytes of a keyring → its keys, each as its packets.
 *
 * Finds the start and kind of packets in one pass. The OpenPGP package parses
 * their content.
 *
 * Source: RFC 4880 sections 4 and 6.2; GnuPG's description of its keybox.
 *
 * @module
 */
import { joinBytes } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { openpgp } from "./_openpgp.ts";

const BEGIN_ARMOUR = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/g;
const END_ARMOUR = /-----END PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/g;

const SECRET_KEY = 5;
const PUBLIC_KEY = 6;
const TRUST = 12;

/** Maximal number of packets in a keyring. A file can hold millions of empty ones, and each costs time and memory. */
const PACKETS_MAX = 500_000;

/** Counter of packets in a keyring. */
interface Seen {
  packets: number;
}

/**
 * Yields the keys of a keyring file.
 *
 * @throws kind `config` when the file is not a keyring, or has too many packets.
 */
export async function* keyBlocks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const seen: Seen = { packets: 0 };
  if (isKeybox(bytes)) {
    for (const part of keyboxParts(bytes)) yield* splitKeys(part, seen);
    return;
  }
  if ((bytes[0] ?? 0x80) >= 0x80) return yield* splitKeys(bytes, seen);
  let isKeyring = false;
  for (const text of armouredTexts(new TextDecoder().decode(bytes))) {
    for (const block of splitKeys(await unarmoured(text), seen)) {
      isKeyring = true;
      yield block;
    }
  }
  if (!isKeyring) throw invalid("tag byte does not have MSB set");
}

/** Yields the ASCII-armoured blocks of a text, with their first and last lines. */
function* armouredTexts(text: string): Generator<string> {
  for (let at = 0;;) {
    const begin = firstFrom(BEGIN_ARMOUR, text, at);
    const end = begin && firstFrom(END_ARMOUR, text, begin.index);
    if (!end) return;
    at = end.index + end[0].length;
    yield text.slice(begin.index, at);
  }
}

function firstFrom(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

async function unarmoured(text: string): Promise<Uint8Array> {
  const { unarmor } = await openpgp();
  try {
    const { data } = await unarmor(text);
    return data instanceof Uint8Array ? data : new Uint8Array(await new Response(data as ReadableStream).arrayBuffer());
  } catch (error) {
    throw new SkegError("config", "openpgp: invalid data: the ASCII armour of a key is damaged", { cause: error });
  }
}

/** Splits packets where a new key begins; GnuPG's trust packets are left out. */
function* splitKeys(bytes: Uint8Array, seen: Seen): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  // Start of the part that is not yielded yet; undefined before the first key.
  let from: number | undefined;
  for (let at = 0; at < bytes.length;) {
    if (++seen.packets > PACKETS_MAX) throw new SkegError("config", `keyring has more than ${PACKETS_MAX} packets`);
    const { tag, end } = packetAt(bytes, at);
    if (tag === SECRET_KEY || tag === PUBLIC_KEY) {
      if (from !== undefined) yield joinBytes([...parts, bytes.subarray(from, at)]);
      parts = [];
      from = at;
    } else if (tag === TRUST && from !== undefined) {
      parts.push(bytes.subarray(from, at));
      from = end;
    }
    at = end;
  }
  if (from !== undefined) yield joinBytes([...parts, bytes.subarray(from)]);
}

/** Returns kind and end of the packet at `at`. */
function packetAt(bytes: Uint8Array, at: number): { tag: number; end: number } {
  const head = bytes[at] ?? 0;
  if ((head & 0x80) === 0) throw invalid("tag byte does not have MSB set");
  const isNew = (head & 0x40) !== 0;
  const tag = isNew ? head & 0x3f : (head & 0x3f) >> 2;
  const [start, size] = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, head & 3);
  const end = start + size;
  if (end > bytes.length) throw new SkegError("config", "unexpected EOF");
  return { tag, end };
}

function newLength(bytes: Uint8Array, at: number): [start: number, size: number] {
  const first = bytes[at] ?? 0;
  if (first < 192) return [at + 1, first];
  if (first < 224) return [at + 2, (first - 192) * 256 + (bytes[at + 1] ?? 0) + 192];
  if (first === 255) return [at + 5, number(bytes, at + 1, 4)];
  throw invalid("a key has a packet of unknown length");
}

function oldLength(bytes: Uint8Array, at: number, type: number): [start: number, size: number] {
  if (type === 3) return [at, bytes.length - at];
  const width = 1 << type;
  return [at + width, number(bytes, at, width)];
}

function number(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

const KEYBOX_HEADER = 1;
const KEYBOX_OPENPGP = 2;

/** True if the bytes are a keybox: it begins with a header blob that contains `KBXf`. */
function isKeybox(bytes: Uint8Array): boolean {
  return bytes[4] === KEYBOX_HEADER && new TextDecoder().decode(bytes.subarray(8, 12)) === "KBXf";
}

/** Returns the OpenPGP parts of a keybox. Every blob states its length, its kind, and the offset of its key. */
function keyboxParts(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = number(bytes, at, 4);
    if (size < 16 || at + size > bytes.length) throw new SkegError("config", "the keybox is damaged");
    const blob = bytes.subarray(at, at + size);
    at += size;
    if (blob[4] !== KEYBOX_OPENPGP) continue;
    const start = number(blob, 8, 4);
    parts.push(blob.subarray(start, start + number(blob, 12, 4)));
  }
  return parts;
}

function invalid(reason: string): SkegError {
  return new SkegError("config", `openpgp: invalid data: ${reason}`);
}
