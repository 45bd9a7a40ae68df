/**
 * Reads files with Helm's error messages, and writes files atomically.
 *
 * @module
 */
import type { BigIntStats } from "node:fs";
import { readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { fileError } from "../../../errors.ts";
import { codeOf } from "../../base/mod.ts";

/** Reads a text file. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError(codeOf(error) === "EISDIR" ? "read" : "open", path, error);
  }
}

/** Options of {@linkcode replaceFile}. */
export interface ReplaceOptions {
  /** Mode of a new file; default 0644. */
  readonly mode?: number | undefined;
  /** Mode of the file, whether it is new or not. */
  readonly exactMode?: number | undefined;
}

/**
 * Writes a file atomically. An existing file keeps its mode, unless `exactMode` is set. A link keeps its target, which is
 * written.
 *
 * @returns The state of the written file; another process may have changed the path since.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644, exactMode }: ReplaceOptions = {},
): Promise<BigIntStats> {
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(() => undefined);
  const draft = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(draft, content, {
      mode: exactMode ?? (known === undefined ? mode : known.mode & 0o777),
      flag: "wx",
    });
    const written = await stat(draft, { bigint: true });
    await rename(draft, target);
    return written;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileError("open", path, error);
  }
}

/** True if the path exists. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(() => true, () => false);
}
