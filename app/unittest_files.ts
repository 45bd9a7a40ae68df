/**
 * Finds the files of chart tests: suites, values files, snapshots.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/files.go`, `pkg/unittest/snapshot/factory.go`.
 *
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileError, SkegError } from "../errors.ts";
import { fromBytes, toBytes } from "../engine/lang/golang/mod.ts";
import { matchGlob } from "../engine/chart/load/mod.ts";
import { codeOf } from "../engine/base/mod.ts";

/** The pattern of suite files when none is given, relative to the chart. */
export const SUITE_PATTERN = "tests/*_test.yaml";

/** Returns the facts about a path; `undefined` when there is none, also because a folder on its way is a file. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** True if a path exists. */
export function pathExists(path: string): boolean {
  return statOf(path) !== undefined;
}

/** Returns a path as results show it: relative to the current folder. */
export function shownPath(path: string): string {
  return relative(Deno.cwd(), resolve(path)).replaceAll("\\", "/");
}

/** Returns the files that patterns select, each once, in the order of the patterns. */
export function findFiles(folder: string, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => {
    if (isAbsolute(pattern)) return [pattern];
    return expandPattern(pattern.includes(`${folder}/`) ? pattern : join(folder, pattern));
  });
  return [...new Set(found)].filter((path) => statOf(path)?.isFile() ?? isAbsolute(path));
}

/** Returns the folders of a chart's subcharts, at any depth. */
export function findCharts(path: string): string[] {
  const folder = join(path, "charts");
  return namesIn(folder).map((name) => join(folder, name)).flatMap((child) => [child, ...findCharts(child)]);
}

/** Expands a pattern with `*`, `?`, `[…]` and `**`. */
function expandPattern(pattern: string): string[] {
  const [first = "", ...rest] = pattern.replaceAll("\\", "/").split("**");
  let found = expandSegment(first);
  for (const segment of rest) {
    const below = found.flatMap(withAllBelow);
    found = segment === "" ? below : below.flatMap((path) => expandSegment(`${path}${segment}`));
    found = [...new Set(found)];
  }
  return found;
}

/** Expands a pattern without `**`. */
function expandSegment(pattern: string): string[] {
  let found = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((each) => each !== "")) {
    if (!/[*?[\\]/.test(part)) {
      found = found.map((path) => `${path}${path === "" || path.endsWith("/") ? "" : "/"}${part}`).filter(pathExists);
      continue;
    }
    found = found.flatMap((path) => {
      const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
      return namesIn(path).filter((name) => matchGlob(part, name) === "match").map((name) => `${prefix}${name}`);
    });
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder === "" ? "." : folder).sort();
  } catch {
    return [];
  }
}

function withAllBelow(path: string): string[] {
  if (!statOf(path === "" ? "." : path)?.isDirectory()) return [path];
  return [path, ...namesIn(path).flatMap((name) => withAllBelow(path === "" ? name : join(path, name)))];
}

/** Returns the text of a file, with the message of Go for a failure. */
export function readTextFile(path: string): string {
  try {
    return fromBytes(readFileSync(path));
  } catch (error) {
    throw fileError("open", path, error);
  }
}

/** Returns the path of a values file that a suite names. */
export function valuesPath(suite: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(suite), path);
}

/** Returns the path of the snapshots of a suite. */
export function snapshotPath(suite: string, id: string): string {
  const name = id === "" ? basename(suite) : `${basename(suite)}_${id}`;
  return join(dirname(suite), "__snapshot__", `${name}.snap`);
}

/** Returns the text of a snapshot file; `undefined` when there is none. */
export function readSnapshots(path: string): string | undefined {
  return pathExists(path) ? readTextFile(path) : undefined;
}

/** Puts a file in place whole, and makes its folder. */
export function writeWhole(path: string, text: string): void {
  const folder = dirname(path);
  const part = join(folder, `.${basename(path)}.${Deno.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(part, toBytes(text));
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw fileError("write", path, error);
  }
}

/** Throws unless a path is a folder or an archive that can be loaded as a chart. */
export function requireCharts(paths: readonly string[]): void {
  if (paths.length === 0) {
    throw new SkegError("usage", "requires at least 1 arg(s), only received 0", { hint: "name a chart folder" });
  }
}
