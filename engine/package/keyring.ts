/**
 * Keyrings of GnuPG → the keys in them.
 *
 * Three forms are read: OpenPGP packets (`pubring.gpg`, `secring.gpg`,
 * `gpg --export`), the same in ASCII armour, and GnuPG 2's keybox
 * (`pubring.kbx`). Helm 2 reads the first only.
 *
 * Source: Helm 2.17.0, `pkg/provenance/sign.go`; RFC 4880 section 4; GnuPG's
 * description of its keybox.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Key } from "npm:openpgp@6.3.2";
import { fileError, SkegError } from "../../errors.ts";
import { quote } from "../golang/mod.ts";
import { openpgp } from "./_openpgp.ts";
import { join as joinBytes } from "./tar.ts";

const ARMOUR = /-----BEGIN PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----[^]*?-----END PGP (?:PUBLIC|PRIVATE) KEY BLOCK-----/g;

const SECRET_KEY = 5;
const PUBLIC_KEY = 6;
const TRUST = 12;

/** A key, with the names of those it belongs to. */
export interface RingKey {
  readonly key: Key;
  /** Such as `Ann <ann@example.com>`. */
  readonly names: readonly string[];
}

/**
 * Reads a keyring. Keys that cannot be used here are passed over.
 *
 * @throws kind `io` or `config`.
 */
export async function loadKeyring(path: string): Promise<RingKey[]> {
  const bytes = readRing(path);
  const { readKey } = await openpgp();
  const keys: RingKey[] = [];
  for (const block of await keyBlocks(bytes)) {
    try {
      const key = await readKey({ binaryKey: block });
      keys.push({ key, names: key.users.flatMap(({ userID }) => userID === null ? [] : [userID.userID]) });
    } catch {
      // An algorithm or a version that is not known here; the key may not be the one that is asked for.
    }
  }
  return keys;
}

/** GnuPG 2 has a keybox where GnuPG 1 had `pubring.gpg`; who asks for the old one means their keys. */
function readRing(path: string): Uint8Array {
  const keybox = join(dirname(path), "pubring.kbx");
  const isMoved = basename(path) === "pubring.gpg" && !existsSync(path) && existsSync(keybox);
  try {
    return readFileSync(isMoved ? keybox : path);
  } catch (error) {
    // A folder can be opened, but not read.
    throw fileError((error as { code?: unknown }).code === "EISDIR" ? "read" : "open", path, error);
  }
}

/**
 * Finds the key that `id` names: the one with just this name, else the only
 * one whose name contains it.
 *
 * @throws kind `config` when several do.
 */
export function findKey(ring: readonly RingKey[], id: string): RingKey | undefined {
  const exact = ring.find(({ names }) => names.includes(id));
  if (exact !== undefined) return exact;
  const candidates = ring.flatMap((key) => key.names.filter((name) => name.includes(id)).map(() => key));
  if (candidates.length > 1) throw new SkegError("config", `more than one key contain the id ${quote(id)}`);
  return candidates[0];
}

/** The keys of a keyring file, each as its packets. */
async function keyBlocks(bytes: Uint8Array): Promise<Uint8Array[]> {
  if (isKeybox(bytes)) return keyboxParts(bytes).flatMap(splitKeys);
  const first = bytes[0] ?? 0x80;
  if (first >= 0x80) return splitKeys(bytes);
  const { unarmor } = await openpgp();
  const blocks: Uint8Array[] = [];
  for (const [text] of new TextDecoder().decode(bytes).matchAll(ARMOUR)) {
    const { data } = await unarmor(text);
    if (data instanceof Uint8Array) blocks.push(...splitKeys(data));
    else blocks.push(...splitKeys(new Uint8Array(await new Response(data as ReadableStream).arrayBuffer())));
  }
  if (blocks.length === 0) throw invalid("tag byte does not have MSB set");
  return blocks;
}

/** Cuts packets where a new key begins; what GnuPG notes about trust is left out. */
function splitKeys(bytes: Uint8Array): Uint8Array[] {
  const keys: Uint8Array[][] = [];
  for (let at = 0; at < bytes.length;) {
    const { tag, end } = packetAt(bytes, at);
    const packet = bytes.subarray(at, end);
    at = end;
    if (tag === SECRET_KEY || tag === PUBLIC_KEY) keys.push([packet]);
    else if (tag !== TRUST) keys.at(-1)?.push(packet);
  }
  return keys.map(joinBytes);
}

/** Kind and end of the packet at `at`. */
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

/** A keybox begins with a header of its own kind, which holds `KBXf`. */
function isKeybox(bytes: Uint8Array): boolean {
  return bytes[4] === KEYBOX_HEADER && new TextDecoder().decode(bytes.subarray(8, 12)) === "KBXf";
}

/** The OpenPGP parts of a keybox: every blob says its length, its kind, and where its key begins. */
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
