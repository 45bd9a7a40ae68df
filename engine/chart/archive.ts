/**
 * Chart archives: `.tgz` bytes → the chart's files.
 *
 * An archive may come from anywhere. Every path is checked before it is used,
 * links and devices are refused, and what is unpacked is bounded.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`.
 *
 * @module
 */
import { posix } from "node:path";
import { SkegError } from "../../errors.ts";
import { quote } from "../golang/mod.ts";
import type { ChartFile } from "../../model/mod.ts";
import { gunzip } from "./gzip.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";
import { readTar, type TarEntry } from "./tar.ts";

/** What is left of the bounds; archives within an archive share one. */
export interface Budget {
  bytes: number;
}

/** The bounds for one chart. */
export function newBudget(): Budget {
  return { bytes: CHART_LIMITS.archiveBytesMax };
}

/** Types that are files: plain, old, contiguous. All others would be read as empty files by Helm 2. */
const FILE_TYPES = new Set(["0", "\0", "7"]);

/**
 * Returns the files of an archive, their paths relative to the chart's root.
 *
 * Throws kind `chart` with Helm's message when the archive is damaged or a path is illegal.
 */
export function readArchive(bytes: Uint8Array, budget: Budget): ChartFile[] {
  const { data, fault } = gunzip(bytes, budget.bytes);
  budget.bytes -= data.length;
  const files: ChartFile[] = [];
  for (const entry of readTar(data, fault)) {
    if (entry.isFolder) continue;
    const path = chartPath(entry.name);
    if (!FILE_TYPES.has(entry.type)) {
      throw new SkegError("chart", `chart illegally contains a link or a special file: ${quote(entry.name)}`);
    }
    if (entry.data.length > CHART_LIMITS.fileBytesMax) {
      throw new SkegError(
        "chart",
        `chart file ${quote(path)} is larger than the maximum file size of ${formatSize(CHART_LIMITS.fileBytesMax)}`,
      );
    }
    if (files.length >= CHART_LIMITS.filesMax) {
      throw new SkegError("chart", `chart archive has more than ${CHART_LIMITS.filesMax} files`);
    }
    files.push({ path, data: entry.data });
  }
  if (files.length === 0) throw new SkegError("chart", "no files in chart archive");
  return files;
}

/** Walks through the entries of any `.tgz`, at most `bytesMax` bytes of it; nothing about the entries is checked. */
export function readTarGz(bytes: Uint8Array, bytesMax: number): Generator<TarEntry> {
  const { data, fault } = gunzip(bytes, bytesMax, `archive is larger than ${formatSize(bytesMax)} when unpacked`);
  return readTar(data, fault);
}

/** Cuts the top folder off an entry's name and checks the rest. */
function chartPath(name: string): string {
  // An archive made on Windows may have backslashes.
  const parts = name.split(name.includes("\\") ? "\\" : "/");
  const rest = parts.slice(1).join("/");
  if (rest.startsWith("/")) throw new SkegError("chart", "chart illegally contains absolute paths");
  const path = posix.normalize(rest).replace(/(.)\/$/, "$1");
  if (path === ".") {
    throw new SkegError("chart", `chart illegally contains content outside the base directory: ${quote(name)}`);
  }
  if (path.startsWith("..")) throw new SkegError("chart", "chart illegally references parent directory");
  if (/^[a-zA-Z]:\//.test(path)) throw new SkegError("chart", "chart contains illegally named files");
  if (parts[0] === "Chart.yaml") throw new SkegError("chart", "chart yaml not in base directory");
  return path;
}
