/**
 * The functions of `node:fs` that packed units use most, with the options that
 * skeg's sources use, so that the module is not loaded. Other functions come from
 * the module.
 *
 * @module
 */
import type * as NodeFs from "node:fs";
import { decoded, readFileSync as readShort } from "./fs.ts";

export { existsSync, lstatSync, readdirSync, readlinkSync, statSync } from "./fs.ts";

/** `fs.readFileSync`. */
export function readFileSync(path: string, encoding?: "utf8"): Uint8Array | string {
  const bytes = readShort(path);
  return encoding === undefined ? bytes : decoded(bytes);
}

/** `fs.writeFileSync`; like the runtime's own, it sets a given mode regardless of the umask. */
export function writeFileSync(
  path: string,
  data: Uint8Array | string,
  { mode, flag = "w" }: { mode?: number; flag?: "w" | "wx" } = {},
): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  Deno.writeFileSync(path, bytes, { createNew: flag === "wx", ...mode === undefined ? {} : { mode } });
}

/** `fs.mkdirSync`. */
export function mkdirSync(path: string, options?: Deno.MkdirOptions): void {
  Deno.mkdirSync(path, options);
}

/** `fs.renameSync`. */
export function renameSync(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** `fs.realpathSync`. */
export function realpathSync(path: string): string {
  return Deno.realPathSync(path);
}

/** `fs.rmSync`; a folder needs `recursive`. */
export function rmSync(path: string, { recursive = false, force = false }: NodeFs.RmOptions = {}): void {
  try {
    Deno.removeSync(path, { recursive });
  } catch (error) {
    if (!force || (error as { code?: unknown }).code !== "ENOENT") throw error;
  }
}
