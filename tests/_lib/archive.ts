/**
 * Archives for tests.
 *
 * @module
 */
import { gzipSync } from "node:zlib";

/** One entry for {@linkcode makeTar}. */
export interface TestEntry {
  readonly name: string;
  readonly data?: string | Uint8Array;
  /** Type flag; `0`, a file, when absent. */
  readonly type?: string;
  /** Permissions; 0o644 when absent. */
  readonly mode?: number;
}

const encoder = new TextEncoder();

/** The text of a small Chart.yaml. */
export const CHART_YAML = "apiVersion: v1\nname: web\nversion: 1.0.0\n";

/** Makes the bytes of a tar archive, with the zero blocks at its end. */
export function makeTar(entries: readonly TestEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, data = "", type = "0", mode = 0o644 } of entries) {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    parts.push(makeHeader(name, bytes.length, type, mode), bytes, new Uint8Array((512 - bytes.length % 512) % 512));
  }
  return concat([...parts, new Uint8Array(1024)]);
}

/** Makes the bytes of a `.tgz`. */
export function makeArchive(entries: readonly TestEntry[]): Uint8Array {
  return pack(makeTar(entries));
}

/** Compresses bytes as gzip at the fastest level, because fuzzing does it for every input. */
export function pack(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level: 1 }));
}

/** Writes the checksum of the header at `at` into it, as octal digits. */
export function writeSum(tar: Uint8Array, at: number): void {
  tar.fill(0x20, at + 148, at + 156);
  let sum = 0;
  for (let i = at; i < at + 512; i++) sum += tar[i] ?? 0;
  encoder.encodeInto(`${sum.toString(8).padStart(6, "0")}\0 `, tar.subarray(at + 148));
}

/** Concatenates bytes. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function makeHeader(name: string, size: number, type: string, mode: number): Uint8Array {
  const block = new Uint8Array(512);
  const put = (at: number, text: string): void => block.set(encoder.encode(text), at);
  put(0, name.slice(0, 100));
  put(100, `${mode.toString(8).padStart(7, "0")}\0`);
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(156, type);
  put(257, "ustar\x0000");
  writeSum(block, 0);
  return block;
}
