/**
 * Chart folders: a walk over the disk → the chart's files.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`, `pkg/sympath/walk.go`.
 *
 * @module
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname, isAbsolute, join, parse, relative as relativePath, resolve, sep } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import type { ChartFile } from "../../model/mod.ts";
import { compareBytes, fromBytes } from "../../lang/golang/mod.ts";
import { IGNORE_FILE, type IgnoreTest, ignoreTest, parseIgnoreRules } from "./ignore.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";
import { privacyOf } from "./private_places.ts";
import { mayBeRaw, type RawEntry, readRawEntries, unreadable } from "./raw_names.ts";

/** Links that one path may lead through; Go's bound, above that of any system. */
const LINKS_MAX = 255;

/** Is told what a user should know but that is no error. */
export type Warn = (text: string) => void;

interface Walk {
  /** The chart's folder, with no links in its path. */
  readonly root: string;
  readonly isIgnored: IgnoreTest;
  readonly warn: Warn;
  readonly files: ChartFile[];
  bytes: number;
}

/**
 * Returns the files below a folder, depth first, in byte order of the names,
 * without those that `.helmignore` leaves out.
 *
 * Symbolic links are followed and may leave the folder, but not for private
 * places; a file is known under the path of its link. Throws kind `io` or `chart` with Helm's message.
 */
export function readFolder(folder: string, warn: Warn): ChartFile[] {
  const root = resolve(folder);
  const real = safeLinkTarget(root);
  const walk: Walk = { root: real, isIgnored: readIgnoreFile(root, warn), warn, files: [], bytes: 0 };
  visitFolder(walk, root, "", [real]);
  return walk.files;
}

function readIgnoreFile(root: string, warn: Warn): IgnoreTest {
  const path = join(root, IGNORE_FILE);
  try {
    statSync(path);
  } catch {
    return ignoreTest(parseIgnoreRules(""));
  }
  const rules = parseIgnoreRules(fromBytes(readFile(path)));
  const negated = rules.find((rule) => rule.negated);
  if (negated !== undefined) {
    warn(`Note: ${IGNORE_FILE} rule '${negated.text}' leaves out everything that it does not match`);
  }
  return ignoreTest(rules);
}

/** Visits what is in a folder. `above` holds the real paths of the folders that are open, to notice loops. */
function visitFolder(walk: Walk, folder: string, prefix: string, above: readonly string[]): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw fileError("open", folder, error);
  }
  const raw = rawNames(walk, folder, prefix, names);
  for (const name of [...names.filter((each) => !raw.stand.has(each)), ...raw.entries.keys()].sort(compareBytes)) {
    const entries = raw.entries.get(name);
    if (entries === undefined) visit(walk, join(folder, name), `${prefix}${name}`, above);
    else keepRaw(walk, prefix, entries);
  }
}

/** Names in a folder that are not UTF-8: what stands for them in its list, and what they hold. */
interface RawNames {
  readonly stand: ReadonlySet<string>;
  readonly entries: ReadonlyMap<string, readonly RawEntry[]>;
}

function rawNames(walk: Walk, folder: string, prefix: string, names: readonly string[]): RawNames {
  const isOpen = (name: string) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  const stand = names.filter((name) => mayBeRaw(name) && !isOpen(name));
  const entries = Map.groupBy(
    stand.length === 0 ? [] : readRawEntries(folder),
    ({ path }) => path.split("/", 1)[0] ?? "",
  );
  // One that is ignored anyhow need not be read.
  const missing = stand.filter((name) => !walk.isIgnored(`${prefix}${name}`, false));
  if (entries.size < stand.length && missing[0] !== undefined) throw unreadable(folder, missing[0]);
  return { stand: new Set(stand), entries };
}

/** Keeps files of which only the content is known. */
function keepRaw(walk: Walk, prefix: string, entries: readonly RawEntry[]): void {
  let left = "";
  for (const { path, isFolder, data } of entries) {
    const relative = `${prefix}${path}`;
    if (left !== "" && relative.startsWith(left)) continue;
    if (walk.isIgnored(relative, isFolder)) {
      if (isFolder) left = `${relative}/`;
    } else if (!isFolder) {
      count(walk, data.length);
      walk.files.push({ path: relative, data });
    }
  }
}

function visit(walk: Walk, path: string, relative: string, above: readonly string[]): void {
  let info = lstat(path);
  let real = join(above.at(-1) ?? "", path.slice(path.lastIndexOf(sep) + 1));
  if (info.isSymbolicLink()) {
    real = linkTarget(path);
    walk.warn(`found symbolic link in path: ${path} resolves to ${real}`);
    if (leaves(walk.root, real)) walk.warn(`Note: ${path} leads out of the chart's folder`);
    info = lstat(real);
  }
  if (walk.isIgnored(relative, info.isDirectory())) return;
  refusePrivate(walk, path, real);
  if (info.isDirectory()) {
    if (above.includes(real)) throw loopError(path);
    visitFolder(walk, path, `${relative}/`, [...above, real]);
    return;
  }
  if (!info.isFile()) {
    throw new SkegError("chart", `cannot load irregular file ${path} as it has file mode type bits set`);
  }
  keep(walk, path, relative, info.size);
}

/** Refuses what a link of the chart, or of a folder above, leads to when that is nothing for a chart to read. */
function refusePrivate({ root }: Walk, path: string, real: string): void {
  if (real.startsWith(`${root}${sep}`)) return;
  const privacy = privacyOf(root, real);
  if (privacy === undefined) return;
  throw new SkegError("chart", `refused to read ${path}: it leads to ${real}, ${privacy}`, {
    hint: "If the chart needs the file, copy it into the chart's folder.",
  });
}

/** True for what is neither a folder nor below it. */
function leaves(root: string, path: string): boolean {
  const way = relativePath(root, path);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function keep(walk: Walk, path: string, relative: string, sizeBytes: number): void {
  count(walk, sizeBytes);
  try {
    walk.files.push({ path: relative, data: readFile(path) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SkegError("io", `error reading ${relative}: ${reason}`, { cause: error });
  }
}

/** Refuses more than a chart folder may hold. */
function count(walk: Walk, sizeBytes: number): void {
  if (walk.files.length >= CHART_LIMITS.filesMax) {
    throw new SkegError("chart", `chart folder has more than ${CHART_LIMITS.filesMax} files`);
  }
  walk.bytes += sizeBytes;
  if (walk.bytes > CHART_LIMITS.folderBytesMax) {
    throw new SkegError("chart", `chart folder is larger than ${formatSize(CHART_LIMITS.folderBytesMax)}`);
  }
}

/** Reads a file; throws kind `io` with Go's message. */
export function readFile(path: string): Uint8Array {
  try {
    const data = readFileSync(path);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (error) {
    const isFolder = (error as { code?: unknown }).code === "EISDIR";
    throw fileError(isFolder ? "read" : "open", path, error);
  }
}

/** Reads a file as the engine's text; throws kind `io` with Go's message. */
export function readChartText(path: string): string {
  return fromBytes(readFile(path));
}

function lstat(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw fileError("lstat", path, error);
  }
}

/** The real path behind a link; throws when it leads nowhere or in a circle. */
function linkTarget(path: string): string {
  try {
    return realPath(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SkegError("io", `error evaluating symlink ${path}: ${reason}`, { cause: error });
  }
}

function safeLinkTarget(path: string): string {
  try {
    return realPath(path);
  } catch {
    return path;
  }
}

/** Follows every link of a path, part by part, so that an error can name the part that is missing. */
function realPath(path: string): string {
  let done = parse(path).root;
  const rest = path.slice(done.length).split(sep);
  let links = 0;
  while (rest.length > 0) {
    const part = rest.shift() ?? "";
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done = dirname(done);
      continue;
    }
    const next = join(done, part);
    if (!lstat(next).isSymbolicLink()) {
      done = next;
      continue;
    }
    if (++links > LINKS_MAX) throw new SkegError("io", "EvalSymlinks: too many links");
    const target = readlinkSync(next);
    if (isAbsolute(target)) done = parse(target).root;
    rest.unshift(...target.slice(isAbsolute(target) ? done.length : 0).split(sep));
  }
  return done;
}

function loopError(path: string): SkegError {
  return new SkegError("io", `error evaluating symlink ${path}: too many levels of symbolic links`);
}
