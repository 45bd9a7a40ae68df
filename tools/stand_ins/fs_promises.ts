/**
 * The functions of `node:fs/promises` that the core of the bundle uses,
 * implemented with the runtime's own API, so that the module is not loaded.
 *
 * @module
 */
import { decoded, type Stats, statsOf } from "./fs.ts";

/** `readFile`: bytes, or text when an encoding is named. */
export async function readFile(path: string, encoding?: "utf8"): Promise<Uint8Array | string> {
  const bytes = await Deno.readFile(path);
  return encoding === undefined ? bytes : decoded(bytes);
}

/** `stat`. */
export async function stat(path: string): Promise<Stats> {
  return statsOf(await Deno.stat(path));
}

/** `mkdir`. */
export async function mkdir(path: string, options?: Deno.MkdirOptions): Promise<void> {
  await Deno.mkdir(path, options);
}

/** `writeFile`, of bytes. */
export async function writeFile(path: string, data: Uint8Array): Promise<void> {
  await Deno.writeFile(path, data);
}
