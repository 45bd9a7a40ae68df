/**
 * Stand-in for `node:fs/promises` in the bundle: the same answers from the
 * runtime's own calls, without loading that module. Arguments that are not
 * covered here are handed on to the module itself; functions that are missing
 * here the bundler takes from it.
 *
 * @module
 */
import type * as NodeFs from "node:fs/promises";
import { RuntimeStats } from "./_stats.ts";
import { decoded } from "./fs.ts";

const real = (): typeof NodeFs => globalThis.process.getBuiltinModule("node:fs/promises");

/** `readFile`: bytes, or text when `"utf8"` is given. */
export const readFile = (async (path: unknown, options?: unknown): Promise<Uint8Array | string> => {
  if (typeof path !== "string" || options !== undefined && options !== "utf8") {
    return await real().readFile(path as string, options as "utf8");
  }
  const bytes = await Deno.readFile(path);
  return options === undefined ? bytes : decoded(bytes);
}) as typeof NodeFs.readFile;

/** `stat`. */
export const stat = (async (path: unknown, options?: unknown): Promise<unknown> => {
  if (typeof path !== "string" || options !== undefined) return await real().stat(path as string, options as undefined);
  return new RuntimeStats(await Deno.stat(path));
}) as typeof NodeFs.stat;

/** `mkdir`. A folder's path is not given back. */
export async function mkdir(path: string, options?: Deno.MkdirOptions): Promise<void> {
  await Deno.mkdir(path, options);
}

/** `writeFile`. */
export const writeFile = (async (path: unknown, data: unknown, options?: unknown): Promise<void> => {
  if (typeof path === "string" && data instanceof Uint8Array && options === undefined) {
    await Deno.writeFile(path, data);
  } else {
    await real().writeFile(path as string, data as string, options as undefined);
  }
}) as typeof NodeFs.writeFile;
