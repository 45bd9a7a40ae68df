/**
 * Writes downloaded files to disk safely.
 *
 * No other file is overwritten, no link is followed, and a reader sees the whole file or none.
 *
 * @module
 */
import { lstatSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";

/** Options of {@linkcode placeFile}. */
export interface PlaceOptions {
  /**
   * Returns the reason why the existing regular file must stay; `undefined` when it may be replaced. Default: it must
   * stay.
   *
   * @param path Path of the existing file.
   * @param sizeBytes Its size.
   */
  readonly reasonToKeep?: ((path: string, sizeBytes: number) => string | undefined) | undefined;
  /** Permissions of the new file, also when it replaces a file with other permissions. Default: 0o644. */
  readonly mode?: number | undefined;
}

const KEPT = "it exists and would be lost";

/**
 * Writes `bytes` to `path`: first into a new file in the same folder, which is then renamed.
 *
 * @throws kind `exists` when `path` holds something that must stay; kind `io`, with Go's message.
 */
export function placeFile(path: string, bytes: Uint8Array, options: PlaceOptions = {}): void {
  refusePlace(path, options);
  const draft = join(dirname(path), `.skeg-${crypto.randomUUID().slice(0, 8)}.tmp`);
  try {
    // `wx`: never overwrites a file or follows a link that another program has created in the meantime.
    writeFileSync(draft, bytes, { mode: options.mode ?? 0o644, flag: "wx" });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError("open", path, error);
  }
}

/**
 * Throws when {@linkcode placeFile} would refuse to write to `path`. Called before a download, to fail early.
 *
 * @throws kind `exists` or `io`.
 */
export function refusePlace(path: string, { reasonToKeep }: PlaceOptions = {}): void {
  const found = lstat(path);
  if (found === undefined) return;
  if (found.isDirectory()) throw fileError("open", path, { code: "EISDIR" });
  const why = found.isSymbolicLink()
    ? "it exists and is a symbolic link"
    : found.isFile()
    ? (reasonToKeep === undefined ? KEPT : reasonToKeep(path, found.size))
    : "it exists and is not a regular file";
  if (why === undefined) return;
  throw new SkegError("exists", `refused to write ${path}: ${why}`, {
    hint: "Move it away, or choose another folder.",
  });
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError("open", path, error);
  }
}
