/**
 * Reads tar: the entries of an archive, with long names in pax or GNU form.
 *
 * Supports the formats that chart archives use: the old one, ustar, pax and GNU.
 * Error texts are those of Go's `archive/tar`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { fromBytes } from "../../lang/golang/mod.ts";
import { shownName } from "./limits.ts";
import { type ByteSource, type Damage, sourceOfBytes } from "./byte_source.ts";

/** One entry. */
export interface TarEntry {
  /** As written in the archive, unchecked. */
  readonly name: string;
  /** The type flag: `0` file, `1` and `2` links, `3` `4` `6` devices, `5` folder. */
  readonly type: string;
  /** True for folders. */
  readonly isFolder: boolean;
  /** Unix file mode: permissions and special bits. */
  readonly mode: number;
  /** Content of a file. */
  readonly data: Uint8Array;
}

const BLOCK = 512;
/** Maximal bytes of a long name or of pax records; Go has this limit since version 1.15. */
const SPECIAL_BYTES_MAX = 1024 * 1024;
const SPECIAL = new Set(["x", "g", "L", "K"]);
const FOLDER_BIT = 0o040000;
/** Links, devices, folders and fifos: no data follows their header, even if it states a size. */
const WITHOUT_DATA = new Set(["1", "2", "3", "4", "5", "6"]);

interface Header {
  name: string;
  type: string;
  mode: number;
  size: number;
}

/**
 * Yields the entries of an archive. Reads no bytes after the archive's end.
 *
 * @param data The unpacked bytes, or a source of them.
 * @param fault The damage at the end of the bytes in `data`, if any; thrown only when more bytes are needed.
 */
export function* readTar(data: Uint8Array | ByteSource, fault?: Damage): Generator<TarEntry> {
  const source = data instanceof Uint8Array ? sourceOfBytes(data, fault) : data;
  let longName: string | undefined;
  let pax: PaxRecords | undefined;
  while (true) {
    if (source.isAtEnd()) return;
    let block = source.take(BLOCK);
    if (isZero(block)) {
      if (source.isAtEnd()) return;
      block = source.take(BLOCK);
      if (isZero(block)) return;
      throw invalidHeader();
    }
    const header = readHeader(block);
    if (!SPECIAL.has(header.type)) {
      applyPax(header, pax);
      if (longName) header.name = longName;
    } else if (header.size > SPECIAL_BYTES_MAX) throw invalidHeader();
    const size = WITHOUT_DATA.has(header.type) ? 0 : header.size;
    const body = source.take(size);
    // The padding of the last entry may be missing.
    source.skip((BLOCK - size % BLOCK) % BLOCK);
    if (header.type === "x") pax = readPax(body);
    else if (header.type === "L") longName = cString(body);
    else if (header.type !== "K" && header.type !== "g") {
      yield toEntry(header, body, pax);
      longName = undefined;
      pax = undefined;
    }
  }
}

function toEntry(header: Header, body: Uint8Array, pax: PaxRecords | undefined): TarEntry {
  if (header.type === "S" || pax?.isSparse) {
    throw new SkegError("chart", `chart archive holds a sparse file: ${shownName(header.name)}`);
  }
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

/** Checks the checksum. Its own field counts as blanks; old programs added the bytes as signed numbers. */
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

/** Reads octal digits, or a binary number when the first bit is set. */
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

/** The pax records that are used here. Empty texts are ignored, as in Go. */
interface PaxRecords {
  path: string;
  size: string;
  isSparse: boolean;
}

const [BLANK, EQUALS, NEWLINE, ZERO] = [0x20, 0x3d, 0x0a, 0x30];
const SPARSE = "GNU.sparse.";

/**
 * Reads records `LENGTH KEY=VALUE\n`; the length is that of the whole record.
 *
 * All records are checked, because a malformed one makes the archive invalid. Only the records that are used are
 * decoded to text, because an archive of some kilobytes can hold millions of records.
 */
function readPax(body: Uint8Array): PaxRecords {
  const records: PaxRecords = { path: "", size: "", isSparse: false };
  for (let at = 0; at < body.length;) {
    let length = 0;
    let digits = 0;
    let next = at;
    for (; next < body.length && body[next] !== BLANK; next++) {
      const digit = (body[next] ?? 0) - ZERO;
      if (digit < 0 || digit > 9 || ++digits > 10) throw invalidHeader();
      length = length * 10 + digit;
    }
    const end = at + length;
    if (digits === 0 || length < 5 || end > body.length || body[end - 1] !== NEWLINE) throw invalidHeader();
    const start = next + 1;
    let equals = start;
    while (equals < end - 1 && body[equals] !== EQUALS) equals++;
    if (equals <= start || equals >= end - 1) throw invalidHeader();
    const isNamed = (name: string): boolean => name.length === equals - start && isAt(body, start, name);
    if (isNamed("path")) records.path = fromBytes(body.subarray(equals + 1, end - 1));
    else if (isNamed("size")) records.size = fromBytes(body.subarray(equals + 1, end - 1));
    else if (isAt(body, start, SPARSE)) records.isSparse = true;
    at = end;
  }
  return records;
}

/** True if the ASCII text is at `start`. */
function isAt(body: Uint8Array, start: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (body[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function applyPax(header: Header, pax: PaxRecords | undefined): void {
  if (pax?.path) header.name = pax.path;
  if (!pax?.size) return;
  if (!/^\d{1,15}$/.test(pax.size)) throw invalidHeader();
  header.size = Number(pax.size);
}

function isZero(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Returns the text up to the first zero byte. */
function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return fromBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

function invalidHeader(): SkegError {
  return new SkegError("chart", "archive/tar: invalid tar header");
}
