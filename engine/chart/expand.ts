/**
 * Archives → folders on disk.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/expand.go`.
 *
 * @module
 */
import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve, sep } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { fromBytes, quote } from "../golang/mod.ts";
import { newBudget, readArchive } from "./archive.ts";
import { decodeMetadata } from "./chartfile.ts";

/**
 * Unpacks a chart archive into a folder below `folder` that has the chart's
 * name, and returns that folder. Archives of subcharts stay archives.
 *
 * Nothing is written outside of it, not even through a link that is there already.
 *
 * @throws kind `chart`, `yaml` or `io`.
 */
export function expandArchive(folder: string, bytes: Uint8Array): string {
  const files = readArchive(bytes, newBudget());
  const chartfile = files.find((file) => file.path === "Chart.yaml");
  const name = chartfile === undefined ? "" : decodeMetadata(fromBytes(chartfile.data)).name;
  if (name === "") throw new SkegError("chart", "chart name not specified");
  const root = resolve(folder);
  const target = inside(root, name);
  mkdirs(root, target);
  for (const file of files) {
    const path = inside(target, file.path);
    mkdirs(root, dirname(path));
    refuseLink(path);
    try {
      writeFileSync(path, file.data, { mode: 0o644 });
    } catch (error) {
      throw fileError("open", path, error);
    }
  }
  return target;
}

/** Joins a path below a folder; `..` stops at the folder, as at a root. */
function inside(folder: string, path: string): string {
  return join(folder, ...posix.normalize(`/${path}`).split("/").filter((part) => part !== ""));
}

/** Makes the folders from `root`, which exists, down to `folder`. */
function mkdirs(root: string, folder: string): void {
  let current = root;
  for (const part of folder.slice(root.length).split(sep)) {
    if (part === "") continue;
    current = join(current, part);
    refuseLink(current);
    try {
      mkdirSync(current, { recursive: true, mode: 0o755 });
    } catch (error) {
      throw fileError("mkdir", current, error);
    }
  }
}

function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new SkegError("chart", `cannot unpack through the symbolic link ${quote(path)}`);
  }
}
