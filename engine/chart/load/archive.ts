/**
 * Chart archives: `.tgz` bytes → the chart's files.
 *
 * Archives are not trusted. Every path is checked before it is used, no link is followed, and the unpacked size is
 * limited.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`.
 *
 * @module
 */
import { posix } from "node:path";
import { SkegError } from "../../../errors.ts";
import { byteLength } from "../../lang/golang/mod.ts";
import type { ChartFile } from "../../model/mod.ts";
import type { ChartWarning } from "./folder.ts";
import { type Budget, unzipped } from "./gzip.ts";
import { CHART_LIMITS, formatSize, shownName } from "./limits.ts";
import { readTar, type TarEntry } from "./tar.ts";

export type { Budget } from "./gzip.ts";

/** Returns a new budget with the limits for one chart. */
export function newBudget(): Budget {
  return { bytes: CHART_LIMITS.archiveBytesMax, members: CHART_LIMITS.membersMax };
}

/** Names of entry kinds without content, by type flag. An entry with another flag is a file, as in Go. */
const EMPTY_KINDS: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "6": "a named pipe",
};

/** Options of {@linkcode readArchive}. */
export interface ReadOptions {
  /** Called for each link; links count as empty files. */
  readonly warn?: ChartWarning | undefined;
  /** True when only Chart.yaml is needed: then any other file may be a link, or large. */
  readonly isPeek?: boolean | undefined;
}

/**
 * Returns the files of an archive, their paths relative to the chart's root.
 *
 * Helm 2: a link or a device is read as an empty file. Here it is refused when the chart needs the file's content.
 *
 * @throws kind `chart`, with Helm's message when the archive is damaged or a path is illegal.
 */
export function readArchive(bytes: Uint8Array, budget: Budget, options: ReadOptions = {}): ChartFile[] {
  const files: ChartFile[] = [];
  for (const entry of readTar(unzipped(bytes, budget))) {
    if (entry.isFolder) continue;
    const path = chartPath(entry.name);
    const emptyKind = EMPTY_KINDS[entry.type];
    if (emptyKind !== undefined) refuseNeeded(path, emptyKind, options);
    if (entry.data.length > CHART_LIMITS.fileBytesMax && !options.isPeek) {
      const limit = formatSize(CHART_LIMITS.fileBytesMax);
      throw new SkegError("chart", `chart file ${shownName(path)} is larger than the maximum file size of ${limit}`);
    }
    if (files.length >= CHART_LIMITS.filesMax) {
      throw new SkegError("chart", `chart archive has more than ${CHART_LIMITS.filesMax} files`);
    }
    files.push({ path, data: entry.data });
  }
  if (files.length === 0) throw new SkegError("chart", "no files in chart archive");
  return files;
}

/** Yields the entries of any `.tgz`, up to `bytesMax` unpacked bytes. The entries are not checked. */
export function readTarGz(bytes: Uint8Array, bytesMax: number): Generator<TarEntry> {
  const budget = { bytes: bytesMax, members: CHART_LIMITS.membersMax };
  return readTar(unzipped(bytes, budget, `archive is larger than ${formatSize(bytesMax)} when unpacked`));
}

/** Returns an entry's name without the top folder; throws for an illegal path. */
function chartPath(name: string): string {
  // An archive made on Windows may have backslashes.
  const parts = name.split(name.includes("\\") ? "\\" : "/");
  const rest = parts.slice(1).join("/");
  if (rest.startsWith("/")) throw new SkegError("chart", "chart illegally contains absolute paths");
  const path = posix.normalize(rest).replace(/(.)\/$/, "$1");
  if (path === ".") {
    throw new SkegError("chart", `chart illegally contains content outside the base directory: ${shownName(name)}`);
  }
  if (path.startsWith("..")) throw new SkegError("chart", "chart illegally references parent directory");
  if (/^[a-zA-Z]:\//.test(path)) throw new SkegError("chart", "chart contains illegally named files");
  if (parts[0] === "Chart.yaml") throw new SkegError("chart", "chart yaml not in base directory");
  if (path.length > CHART_LIMITS.pathBytesMax || byteLength(path) > CHART_LIMITS.pathBytesMax) {
    throw new SkegError("chart", `chart file ${shownName(path)} has a path that no system can store`);
  }
  return path;
}

/** Prefix of paths in nested subcharts; names that begin with a dot or an underscore are not subcharts. */
const SUBCHART = /^(?:charts\/[^/._][^/]*\/)+/;
/** Files whose content a chart needs, relative to the root of the chart or of a subchart. */
const NEEDED = /^(?:Chart\.yaml|values\.yaml|requirements\.(?:yaml|lock)|templates\/.*|charts\/[^/._][^/]*)$/s;

/** Throws when a file that the chart needs is a link or a device; warns for other files. */
function refuseNeeded(path: string, kind: string, { warn, isPeek }: ReadOptions): void {
  if (isPeek) return;
  if (NEEDED.test(path.replace(SUBCHART, "")) && !path.endsWith(".prov")) {
    const text = `chart illegally contains ${kind} in place of the file ${shownName(path)}: its content is missing`;
    throw new SkegError("chart", text, {
      hint: "Package the chart again with the file itself, for example with `helm package`.",
    });
  }
  warn?.(`Note: ${shownName(path)} is ${kind} in the archive: it counts as an empty file`);
}
