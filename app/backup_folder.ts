/**
 * Keeps archives of release records in files.
 *
 * Archives contain release values, which may be secret: folders are created with mode 0700, files with 0600
 * from the start.
 *
 * @module
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fileError, SkegError } from "../errors.ts";
import type { BackupStore } from "../engine/release/mod.ts";
import { defaultHome, helmHome } from "./home.ts";
import { processVariables, type Variables } from "./variables.ts";
import { codeOf } from "../engine/base/mod.ts";

/** Largest file that is read as an archive: no archive is larger than this without compression. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;

/** Where backups go. */
export interface BackupFolderOptions {
  /** The folder itself; default: `backups/CLUSTER` in the home. */
  readonly folder?: string | undefined;
  /** HELM_HOME, variables not filled in; default: the usual one. */
  readonly home?: string | undefined;
  /** Environment variables; default: the process's own. */
  readonly variables?: Variables | undefined;
}

/** Returns a store of backups. A backup never replaces another file. */
export function backupFolder(options: BackupFolderOptions = {}): BackupStore {
  const { variables = processVariables, folder } = options;
  const home = helmHome(options.home ?? defaultHome(variables), variables);
  return {
    save: (cluster, name, bytes) =>
      Promise.resolve(folder ?? home.path("backups", cluster)).then((place) => {
        makeFolder(place);
        return write(place, name, bytes);
      }),
    load: (path) => Promise.resolve(path).then(readArchiveFile),
  };
}

/**
 * Reads an archive.
 *
 * @throws SkegError of kind `io`: in Helm's words, and for a file that is too large, before it is read.
 */
export function readArchiveFile(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      throw new SkegError("io", `open ${path}: the file has ${size} bytes; an archive has ${FILE_BYTES_MAX} at most`);
    }
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (error instanceof SkegError) throw error;
    throw fileError("open", path, error);
  }
}

/**
 * Writes an archive to a new file that only the user can read.
 *
 * @throws SkegError of kind `io`, also when there is a file of that name.
 */
export function writeArchiveFile(path: string, bytes: Uint8Array): void {
  const file = openNew(path);
  if (file === undefined) {
    throw new SkegError("io", `${path} exists`, { hint: "Name another file: an archive never replaces a file." });
  }
  try {
    writeAndClose(file, bytes);
  } catch (error) {
    rmSync(path, { force: true });
    throw fileError("write", path, error);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError("mkdir", path, error);
  }
}

/**
 * Writes under a free name. The file gets its final name last, so a file with that name is complete even if
 * the program is stopped.
 */
function write(folder: string, name: string, bytes: Uint8Array): string {
  for (let number = 1; number < 1000; number++) {
    const path = join(folder, `${name}${number === 1 ? "" : `-${number}`}.tar.gz`);
    const draft = `${path}.partial`;
    const file = existsSync(path) ? undefined : openNew(draft);
    if (file === undefined) continue;
    try {
      writeAndClose(file, bytes);
      renameSync(draft, path);
      return path;
    } catch (error) {
      rmSync(draft, { force: true });
      throw fileError("write", path, error);
    }
  }
  throw new SkegError("io", `${folder} has too many backups of the name ${name}`);
}

/** Creates and opens a file; `undefined` when it exists already. */
function openNew(path: string): number | undefined {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return undefined;
    throw fileError("open", path, error);
  }
}

function writeAndClose(file: number, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
