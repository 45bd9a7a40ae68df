/**
 * Files of a folder whose names are not UTF-8, such as `r\xe9sum\xe9.txt` of an old archive.
 *
 * The runtime handles names as text and cannot open these files, but Helm 2 can read them. So the system's `find` and
 * `tar` read them; their output is an archive, in which names are bytes.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { compareBytes } from "../../lang/golang/mod.ts";
import { CHART_LIMITS } from "./limits.ts";
import { readTar } from "./tar.ts";

/** The runtime replaces bytes that are not UTF-8 by this character. */
const REPLACEMENT = "\ufffd";

/** A file or a folder with such a name, or below a folder with one. */
export interface RawEntry {
  /** Path below the folder that was read; a lone surrogate is one raw byte. */
  readonly path: string;
  /** True for folders; their entries follow. */
  readonly isFolder: boolean;
  /** Content of a file. */
  readonly data: Uint8Array;
}

/** True if a listed name may be a damaged form of a name that is not UTF-8. */
export function mayBeRaw(name: string): boolean {
  return name.includes(REPLACEMENT);
}

/** Reads only entries with non-ASCII names, and at most as many bytes as a chart folder may hold. */
const SCRIPT = "find . -mindepth 1 -maxdepth 1 -name '*[! -~]*' -print0 | tar -c -f - --null -T - | " +
  `head -c ${CHART_LIMITS.folderBytesMax}`;

/**
 * Returns the entries of a folder whose names are not UTF-8, sorted by bytes, with folders before their content. Empty
 * when the system has no `find` or `tar`, or the program may not run them.
 *
 * @throws kind `chart` when one of them is a link or a special file.
 */
export function readRawEntries(folder: string): readonly RawEntry[] {
  const entries: RawEntry[] = [];
  for (const { name, type, isFolder, data } of readTar(archiveOf(folder))) {
    const path = name.replace(/^\.\//, "").replace(/\/$/, "");
    // Entries with valid names are read like all other files.
    if (path.split("/", 1)[0]?.isWellFormed()) continue;
    if (!isFolder && type !== "0") throw unreadable(folder, path, "it names no regular file");
    entries.push({ path, isFolder, data });
  }
  return entries.sort((a, b) => compareWalk(a.path.split("/"), b.path.split("/")));
}

function archiveOf(folder: string): Uint8Array {
  if (Deno.build.os === "windows") return new Uint8Array();
  try {
    const command = new Deno.Command("sh", {
      args: ["-c", SCRIPT],
      cwd: folder,
      env: { LC_ALL: "C", TAR_OPTIONS: "" },
      stdin: "null",
      stderr: "null",
    });
    return command.outputSync().stdout;
  } catch {
    return new Uint8Array();
  }
}

function compareWalk(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareBytes(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Returns the error for a file that cannot be read because of its name. */
export function unreadable(folder: string, name: string, why = "this program cannot open it"): SkegError {
  const shown = `${folder}/${name}`.replaceAll(REPLACEMENT, "\\ufffd").replace(
    /[\udc80-\udcff]/g,
    (unit) => `\\x${(unit.charCodeAt(0) - 0xdc00).toString(16)}`,
  );
  return new SkegError("io", `${shown}: the name is not UTF-8, and ${why}`, {
    hint: "Rename it, or keep it out of the chart with a line in .helmignore.",
  });
}
