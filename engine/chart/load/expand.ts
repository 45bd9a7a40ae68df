/**
 * Archives → folders on disk.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/expand.go`.
 *
 * @module
 */
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import type { ChartFile } from "../../model/mod.ts";
import { nameProblem } from "../../net/download/mod.ts";
import { newBudget, readArchive } from "./archive.ts";
import { shownName } from "./limits.ts";
import { metadataIn } from "./load.ts";

/** Options of {@linkcode expandArchive}. */
export interface ExpandOptions {
  /** The required name of the chart; absent: any name that is a valid folder name. */
  readonly name?: string | undefined;
  /** Called with warnings about the archive. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Unpacks a chart archive into a new folder below `folder` that has the chart's name, and returns that folder.
 * Archives of subcharts stay archives.
 *
 * The files are written into a temporary folder beside the target, which is renamed when all files are there. No
 * existing file or folder is changed.
 *
 * @param folder Must exist.
 * @throws kind `exists` when the target exists already; kind `chart`, `yaml` or `io`.
 */
export function expandArchive(folder: string, bytes: Uint8Array, options: ExpandOptions = {}): string {
  const files = readArchive(bytes, newBudget(), { warn: options.warn });
  const { name } = metadataIn(files, true);
  const problem = nameProblem(name);
  if (problem !== undefined) {
    throw new SkegError("chart", `the chart's name ${shownName(name)} cannot be the name of a folder: ${problem}`);
  }
  if (options.name !== undefined && options.name !== name) {
    throw new SkegError("chart", `the archive holds the chart ${shownName(name)}, not ${shownName(options.name)}`);
  }
  const root = resolve(folder);
  const target = join(root, name);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
    throw new SkegError("exists", `a file or directory with the name ${target} already exists`);
  }
  const draft = join(root, `.skeg-${crypto.randomUUID().slice(0, 8)}.tmp`);
  try {
    makeFolder(draft, target);
    for (const file of withoutGit(files, options)) writeBelow(draft, target, file);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error instanceof SkegError ? error : fileError("mkdir", target, error);
  }
  return target;
}

/** Returns the files without `.git` folders, because Git runs programs that are named in a folder's settings. */
function withoutGit(files: readonly ChartFile[], { warn }: ExpandOptions): readonly ChartFile[] {
  const kept = files.filter(({ path }) => !path.split("/").some((part) => /^\.git$/i.test(part)));
  if (kept.length < files.length) warn?.("Note: the archive holds a .git folder, which is left out");
  return kept;
}

/** Writes a file of the archive below `draft`; `..` cannot leave that folder. Messages show the path below `target`. */
function writeBelow(draft: string, target: string, { path, data }: ChartFile): void {
  const parts = posix.normalize(`/${path}`).split("/").filter((part) => part !== "");
  const bad = Deno.build.os === "windows" && parts.find((part) => nameProblem(part.replace(/^\.+(?=.)/, "")));
  if (bad) throw new SkegError("chart", `${shownName(path)} cannot be the path of a file on Windows`);
  const file = join(draft, ...parts);
  makeFolder(dirname(file), dirname(join(target, ...parts)));
  try {
    writeFileSync(file, data, { mode: 0o644 });
  } catch (error) {
    throw fileError("open", join(target, ...parts), error);
  }
}

function makeFolder(path: string, shown: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw fileError("mkdir", shown, error);
  }
}
