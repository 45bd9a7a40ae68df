/**
 * Files that come from elsewhere, put in their place.
 *
 * Nothing is written over a file that may be something else, nothing is written through a link, and a reader sees the
 * whole file or none.
 *
 * @module
 */
import { lstatSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";

/** Options of {@linkcode placeFile}. */
export interface PlaceOptions {
  /**
   * Says why the regular file that is there must stay; `undefined` when it may be replaced. Default: it must stay.
   *
   * @param path Path of that file.
   * @param sizeBytes Its size.
   */
  readonly reasonToKeep?: ((path: string, sizeBytes: number) => string | undefined) | undefined;
  /** Permissions of the new file; those of a file that is replaced do not count. Default: 0o644. */
  readonly mode?: number | undefined;
}

const KEPT = "it exists and would be lost";

/**
 * Writes `bytes` to `path`: into a new file in the same folder, which then takes the place.
 *
 * @throws kind `exists` when something is there that must stay; kind `io`, in Go's words.
 */
export function placeFile(path: string, bytes: Uint8Array, options: PlaceOptions = {}): void {
  refusePlace(path, options);
  const draft = join(dirname(path), `.skeg-${crypto.randomUUID().slice(0, 8)}.tmp`);
  try {
    // `wx`: never over, and never through, what another program has put there meanwhile.
    writeFileSync(draft, bytes, { mode: options.mode ?? 0o644, flag: "wx" });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError("open", path, error);
  }
}

/**
 * Throws when {@linkcode placeFile} would not write there, so that the answer is known before anything is fetched.
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
