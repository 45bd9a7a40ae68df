/**
 * Plugin archives → folders on disk.
 *
 * Archives are not trusted: an archive is read completely, and every entry is
 * checked, before the first one is written.
 *
 * Source: Helm 2.17.0, `pkg/plugin/installer/http_installer.go`.
 *
 * @module
 */
import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import { readTarGz, type TarEntry } from "../load/mod.ts";
import { quote } from "../../lang/golang/mod.ts";

/** Maximal unpacked size of an archive. It is large because plugins contain programs. */
const BYTES_MAX = 256 * 1024 * 1024;
const ENTRIES_MAX = 100_000;
/** Type flags of regular files: current, old and contiguous. */
const FILE_TYPES = new Set(["0", "\0", "7"]);

/** An entry that may be written. */
export interface CheckedEntry {
  /** Path below the plugin's folder, with `/`. */
  readonly path: string;
  readonly entry: TarEntry;
}

/**
 * Returns the entries of a plugin's archive after checking all of them.
 *
 * @throws kind `config` with Helm's message for illegal entries, kind `chart` for damage.
 */
export function checkedEntries(bytes: Uint8Array): CheckedEntry[] {
  const entries: CheckedEntry[] = [];
  for (const entry of readTarGz(bytes, BYTES_MAX)) {
    if (entries.length >= ENTRIES_MAX) {
      throw new SkegError("config", `plugin archive has more than ${ENTRIES_MAX} entries`);
    }
    const path = legalPath(entry.name);
    if (!entry.isFolder && !FILE_TYPES.has(entry.type)) {
      throw new SkegError("config", `unknown type: ${entry.type.charCodeAt(0).toString(2)} in ${entry.name}`);
    }
    entries.push({ path, entry });
  }
  return entries;
}

/**
 * Unpacks a `.tgz` below `folder`, which is created when it is missing.
 *
 * @throws the same errors as {@linkcode checkedEntries}; kind `io`.
 */
export function unpackPlugin(bytes: Uint8Array, folder: string): void {
  const entries = checkedEntries(bytes);
  makeFolder(folder);
  for (const { path, entry } of entries) {
    const target = join(folder, ...path.split("/"));
    refuseLinks(folder, path);
    if (entry.isFolder) makeFolder(target);
    else writeEntry(target, entry);
  }
}

/** Returns the name of an entry as a path; throws for names that lead outside. */
function legalPath(name: string): string {
  const illegal = (what: string) => new SkegError("config", `path ${what}, which is illegal`);
  if (name.includes(":")) throw illegal("contains ':'");
  const path = name.replaceAll("\\", "/");
  if (path.split("/").includes("..")) throw illegal("contains '..'");
  if (path.startsWith("/")) throw illegal("is absolute");
  if (path.includes("\0")) throw illegal("contains a zero byte");
  return path;
}

function writeEntry(path: string, { data, mode }: TarEntry): void {
  makeFolder(dirname(path));
  try {
    writeFileSync(path, data, { mode: mode & 0o777 });
  } catch (error) {
    throw fileError("open", path, error);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw fileError("mkdir", path, error);
  }
}

/** Throws when an existing link is on the path, so that no file is written through it. */
function refuseLinks(folder: string, path: string): void {
  let current = folder;
  for (const part of path.split("/")) {
    current = join(current, part);
    if (isLink(current)) {
      throw new SkegError("config", `cannot unpack through the symbolic link ${quote(current)}`);
    }
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
