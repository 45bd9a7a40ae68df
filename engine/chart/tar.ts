/**
 * tar in: the entries of an archive, with long names of either kind.
 *
 * Reads what chart archives are made of: the old, ustar, pax and GNU formats.
 * Error texts are those of Go's `archive/tar`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { fromBytes } from "../golang/mod.ts";

/** One entry. */
export interface TarEntry {
  /** As it stands there, unchecked. */
  readonly name: string;
  /** The type flag: `0` file, `1` and `2` links, `3` `4` `6` devices, `5` folder. */
  readonly type: string;
  /** True for folders. */
  readonly isFolder: boolean;
  /** Permissions and more, as on Unix. */
  readonly mode: number;
  /** Content of a file. */
  readonly data: Uint8Array;
}

const BLOCK = 512;
/** Bytes of a long name or of pax records; Go refuses more since its version 1.15. */
const SPECIAL_BYTES_MAX = 1024 * 1024;
const SPECIAL = new Set(["x", "g", "L", "K"]);
const FOLDER_BIT = 0o040000;
/** Links, devices, folders and fifos: whatever size is written, no data follows. */
const WITHOUT_DATA = new Set(["1", "2", "3", "4", "5", "6"]);

interface Header {
  name: string;
  type: string;
  mode: number;
  size: number;
}

/**
 * Walks through an archive.
 *
 * @param data The unpacked bytes.
 * @param fault Why `data` ends where it ends, when that is damage; thrown only when more is needed.
 */
export function* readTar(data: Uint8Array, fault?: string): Generator<TarEntry> {
  let at = 0;
  let longName: string | undefined;
  let pax: Map<string, string> | undefined;
  const take = (size: number): Uint8Array => {
    if (at + size > data.length) throw new SkegError("chart", fault ?? "unexpected EOF");
    at += size;
    return data.subarray(at - size, at);
  };
  while (true) {
    if (at === data.length && fault === undefined) return;
    let block = take(BLOCK);
    if (isZero(block)) {
      if (at === data.length && fault === undefined) return;
      block = take(BLOCK);
      if (isZero(block)) return;
      throw invalidHeader();
    }
    const header = readHeader(block);
    if (!SPECIAL.has(header.type)) {
      applyPax(header, pax);
      if (longName) header.name = longName;
    } else if (header.size > SPECIAL_BYTES_MAX) throw invalidHeader();
    const size = WITHOUT_DATA.has(header.type) ? 0 : header.size;
    const body = take(size);
    // The padding of the last entry may be missing.
    at = Math.min(at + (BLOCK - size % BLOCK) % BLOCK, data.length);
    if (header.type === "x") pax = readPax(body);
    else if (header.type === "L") longName = cString(body);
    else if (header.type !== "K" && header.type !== "g") {
      yield toEntry(header, body, pax);
      longName = undefined;
      pax = undefined;
    }
  }
}

function toEntry(header: Header, body: Uint8Array, pax: Map<string, string> | undefined): TarEntry {
  const sparse = header.type === "S" || [...pax?.keys() ?? []].some((key) => key.startsWith("GNU.sparse."));
  if (sparse) throw new SkegError("chart", `chart archive holds a sparse file: ${header.name}`);
  const old = header.type === "\0";
  const isFolder = header.type === "5" || (old && header.name.endsWith("/")) || (header.mode & 0o170000) === FOLDER_BIT;
  const type = old ? (isFolder ? "5" : "0") : header.type;
  return { name: header.name, type, isFolder, mode: header.mode, data: body };
}

function readHeader(block: Uint8Array): Header {
  if (!hasRightSum(block)) throw invalidHeader();
  const magic = latin(block.subarray(257, 265));
  const mode = readNumber(block.subarray(100, 108));
  const size = readNumber(block.subarray(124, 136));
  if (size < 0) throw invalidHeader();
  let name = cString(block.subarray(0, 100));
  if (magic === "ustar\x0000") {
    const prefix = cString(block.subarray(345, latin(block.subarray(508, 512)) === "tar\0" ? 476 : 500));
    if (prefix !== "") name = `${prefix}/${name}`;
  }
  return { name, type: String.fromCharCode(block[156] ?? 0), mode, size };
}

/** The sum counts its own field as blanks; old programs added signed bytes. */
function hasRightSum(block: Uint8Array): boolean {
  let plain = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : block[i] ?? 0;
    plain += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const stated = readNumber(block.subarray(148, 156));
  return stated === plain || stated === signed;
}

/** Octal digits, or with the first bit set a binary number. */
function readNumber(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) {
    const digits = latin(field).replace(/^[ \0]+|[ \0]+$/g, "");
    const text = digits.split("\0", 1)[0] ?? "";
    if (text === "") return 0;
    if (!/^[0-7]+$/.test(text)) throw invalidHeader();
    return Number.parseInt(text, 8);
  }
  let value = first & 0x40 ? -1n : 0n;
  for (const [index, byte] of field.entries()) {
    const bits = index === 0 ? (first & 0x40 ? byte | 0x80 : byte & 0x7f) : byte;
    value = value * 256n + BigInt(bits);
  }
  if (first & 0x40) value = BigInt.asIntN(field.length * 8, value);
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)) throw invalidHeader();
  return Number(value);
}

/** Records `LENGTH KEY=VALUE\n`; the length counts the whole record. */
function readPax(body: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const blank = body.indexOf(0x20, at);
    const digits = blank < 0 ? "" : latin(body.subarray(at, blank));
    const length = /^[0-9]{1,10}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (length < 5 || end > body.length || body[end - 1] !== 0x0a) throw invalidHeader();
    const record = body.subarray(blank + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals < 1) throw invalidHeader();
    records.set(fromBytes(record.subarray(0, equals)), fromBytes(record.subarray(equals + 1)));
    at = end;
  }
  return records;
}

function applyPax(header: Header, pax: Map<string, string> | undefined): void {
  const path = pax?.get("path");
  if (path) header.name = path;
  const size = pax?.get("size");
  if (!size) return;
  if (!/^\d{1,15}$/.test(size)) throw invalidHeader();
  header.size = Number(size);
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Text up to the first zero byte. */
function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return fromBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

function invalidHeader(): SkegError {
  return new SkegError("chart", "archive/tar: invalid tar header");
}
