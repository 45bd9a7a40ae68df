/**
 * Writes tar: files → the bytes of an archive. The same files give the same bytes.
 *
 * Names that do not fit into the ustar format are written to pax records.
 *
 * @module
 */
import { joinBytes } from "../../base/mod.ts";
import type { ChartFile } from "../../model/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";

const BLOCK = 512;
const NAME_MAX = 100;
const PREFIX_MAX = 155;

/**
 * Returns an archive of `files`. All entries have the same mode and time, and owner 0.
 *
 * @param modifiedSeconds Time of all entries, in seconds since 1970.
 * @param mode Permissions of all entries; default 0755, as Helm writes charts.
 */
export function writeTar(
  files: readonly ChartFile[],
  modifiedSeconds: number,
  mode = 0o755,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const add = (header: Uint8Array, data: Uint8Array): void => {
    parts.push(header, data, new Uint8Array((BLOCK - data.length % BLOCK) % BLOCK));
  };
  for (const { path, data } of files) {
    const name = toBytes(path);
    const split = splitName(name);
    if (split === undefined) {
      const record = paxRecord("path", name);
      add(makeHeader(toBytes("PaxHeaders.0/file"), undefined, record.length, "x", 0, 0), record);
    }
    const [prefix, rest] = split ?? [undefined, name.map((byte) => byte < 0x80 ? byte : 0x5f).subarray(0, NAME_MAX)];
    add(makeHeader(rest, prefix, data.length, "0", modifiedSeconds, mode), data);
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return joinBytes(parts);
}

/** Splits a name into the prefix and the rest for a ustar header; `undefined` when it does not fit. */
function splitName(name: Uint8Array): [Uint8Array | undefined, Uint8Array] | undefined {
  if (name.some((byte) => byte === 0 || byte >= 0x80)) return undefined;
  if (name.length <= NAME_MAX) return [undefined, name];
  const slash = name.lastIndexOf(0x2f, PREFIX_MAX);
  const rest = name.subarray(slash + 1);
  if (slash <= 0 || rest.length === 0 || rest.length > NAME_MAX) return undefined;
  return [name.subarray(0, slash), rest];
}

/** Returns `LENGTH KEY=VALUE\n`; the length includes its own digits. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const body = joinBytes([toBytes(` ${key}=`), value, toBytes("\n")]);
  let length = body.length;
  while (`${length}`.length + body.length !== length) length = `${length}`.length + body.length;
  return joinBytes([toBytes(`${length}`), body]);
}

function makeHeader(
  name: Uint8Array,
  prefix: Uint8Array | undefined,
  size: number,
  type: string,
  modifiedSeconds: number,
  mode: number,
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(toBytes(text), at);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  block.set(name, 0);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(modifiedSeconds, 11));
  put(148, "        ");
  put(156, type);
  put(257, "ustar\x0000");
  put(329, octal(0, 7));
  put(337, octal(0, 7));
  if (prefix !== undefined) block.set(prefix, 345);
  put(148, `${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
  return block;
}
