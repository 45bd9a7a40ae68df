/**
 * Chart folders: reads the files of a chart from disk.
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
import { codeOf } from "../../base/mod.ts";

/** Maximal number of links in one path; Go's limit, which is higher than that of any operating system. */
const LINKS_MAX = 255;

/** Called with warnings for the user. */
export type ChartWarning = (text: string) => void;

interface Walk {
  /** Real path of the chart's folder, with all links resolved. */
  readonly root: string;
  readonly isIgnored: IgnoreTest;
  readonly warn: ChartWarning;
  readonly files: ChartFile[];
  bytes: number;
}

/**
 * Returns the files below a folder, depth first, in byte order of the names,
 * without those that `.helmignore` excludes.
 *
 * Symbolic links are followed. They may leave the folder, but not lead to private
 * places. A file keeps the path of its link.
 *
 * @throws kind `io` or `chart`, with Helm's message.
 */
export function readFolder(folder: string, warn: ChartWarning): ChartFile[] {
  const root = resolve(folder);
  const real = safeLinkTarget(root);
  const walk: Walk = { root: real, isIgnored: readIgnoreFile(root, warn), warn, files: [], bytes: 0 };
  visitFolder(walk, root, "", [real]);
  return walk.files;
}

function readIgnoreFile(root: string, warn: ChartWarning): IgnoreTest {
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

/** Visits the entries of a folder. `above` holds the real paths of its parent folders, to detect loops. */
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

/** Names in a folder that are not UTF-8: the damaged names in the runtime's list, and the real entries. */
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
  // An ignored file need not be read.
  const missing = stand.filter((name) => !walk.isIgnored(`${prefix}${name}`, false));
  if (entries.size < stand.length && missing[0] !== undefined) throw unreadable(folder, missing[0]);
  return { stand: new Set(stand), entries };
}

/** Adds files whose content was already read with their raw names. */
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

/** Throws when a link of the chart, or of a folder above it, leads to a private place. */
function refusePrivate({ root }: Walk, path: string, real: string): void {
  if (real.startsWith(`${root}${sep}`)) return;
  const privacy = privacyOf(root, real);
  if (privacy === undefined) return;
  throw new SkegError("chart", `refused to read ${path}: it leads to ${real}, ${privacy}`, {
    hint: "If the chart needs the file, copy it into the chart's folder.",
  });
}

/** True if `path` is neither `root` nor below it. */
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

/** Counts a file; throws when the chart's folder exceeds a limit. */
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
    const isFolder = codeOf(error) === "EISDIR";
    throw fileError(isFolder ? "read" : "open", path, error);
  }
}

/** Reads a file as the engine's text form (raw bytes are kept); throws kind `io` with Go's message. */
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

/** Returns the real path behind a link; throws when the link is broken or leads in a circle. */
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

/** Resolves every link of a path, part by part, so that an error can name the missing part. */
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
