/**
 * A path, an archive's bytes or files in memory → a chart.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/load.go`.
 *
 * @module
 */
import { DamageError } from "./byte_source.ts";
import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import type { Chart, ChartFile, ChartMetadata } from "../../model/mod.ts";
import { fromBytes, quote, toBytes } from "../../lang/golang/mod.ts";
import { type Budget, newBudget, readArchive, type ReadOptions } from "./archive.ts";
import { assembleChart } from "./assemble.ts";
import { decodeMetadata } from "./chartfile.ts";
import { type ChartWarning, readFile, readFolder } from "./folder.ts";
import { CHART_LIMITS, formatSize } from "./limits.ts";
import { SNIFF_BYTES, sniffContentType } from "./sniff.ts";
import { codeOf } from "../../base/mod.ts";

/** Options of the loaders. */
export interface LoadOptions {
  /** Called with warnings for the user, such as a link that was followed; default: they are dropped. */
  readonly warn?: ((text: string) => void) | undefined;
  /** True to read charts of `apiVersion: v2`, too, which Helm 2 refuses: for tests of charts that are shared with Helm 3. */
  readonly allowV2?: boolean | undefined;
}

const silent: ChartWarning = () => {};

/**
 * Loads a chart from a folder or a `.tgz`.
 *
 * @param path As the user gave it; messages repeat it.
 * @throws kind `io`, `chart` or `yaml`, with Helm's message.
 */
// deno-lint-ignore require-await -- async turns a thrown error into a rejection
export async function loadChart(path: string, options: LoadOptions = {}): Promise<Chart> {
  const info = stat(path);
  if (!info.isDirectory()) return loadArchiveFile(path, info.size, options);
  checkChartFolder(path);
  return loadFolder(path, options);
}

/**
 * Loads a chart folder without checking first that it is one. For `package` and
 * the dependency commands, which do the same in Helm 2.
 */
export function loadFolder(path: string, { warn = silent, allowV2 }: LoadOptions = {}): Chart {
  return assembleChart(readFolder(path, warn), { budget: newBudget(), warn, allowV2 });
}

/** Loads an archive file. Checks type and size first, so that a wrong or too large file is not read completely. */
function loadArchiveFile(path: string, sizeBytes: number, options: LoadOptions): Chart {
  checkArchive(readStart(path), path);
  if (sizeBytes > CHART_LIMITS.archiveBytesMax) {
    const limit = formatSize(CHART_LIMITS.archiveBytesMax);
    throw new SkegError("chart", `file '${path}' is larger than the maximum archive size of ${limit}`);
  }
  return loadArchive(readFile(path), path, options);
}

/**
 * Loads a chart from the bytes of a `.tgz`.
 *
 * @param name The archive's path or address, for messages.
 */
export function loadArchive(bytes: Uint8Array, name: string, { warn = silent, allowV2 }: LoadOptions = {}): Chart {
  const budget = newBudget();
  return assembleChart(unpack(bytes, name, budget, { warn }), { budget, warn, allowV2 });
}

/**
 * Returns the content of an archive's Chart.yaml, without loading the chart.
 *
 * @param name The archive's path or address, for messages; absent: messages are as in {@linkcode expandArchive}.
 * @throws kind `chart` or `yaml`, with Helm's message.
 */
export function archiveMetadata(bytes: Uint8Array, name?: string): ChartMetadata {
  const options = { isPeek: true };
  const files = name === undefined
    ? readArchive(bytes, newBudget(), options)
    : unpack(bytes, name, newBudget(), options);
  return metadataIn(files, name === undefined);
}

/** Returns the metadata from the Chart.yaml among `files`; the last one is used when there are two. */
export function metadataIn(files: readonly ChartFile[], isExpanding: boolean): ChartMetadata {
  const file = files.findLast(({ path }) => path === "Chart.yaml");
  const metadata = file === undefined ? undefined : decodeMetadata(fromBytes(file.data));
  if (metadata?.name) return metadata;
  if (isExpanding) throw new SkegError("chart", "chart name not specified");
  if (metadata === undefined) throw new SkegError("chart", "chart metadata (Chart.yaml) missing");
  throw new SkegError("chart", "invalid chart (Chart.yaml): name must not be empty");
}

function unpack(bytes: Uint8Array, name: string, budget: Budget, options: ReadOptions = {}): ChartFile[] {
  checkArchive(bytes, name);
  try {
    return readArchive(bytes, budget, options);
  } catch (error) {
    if (!(error instanceof DamageError) || error.damage !== "gzip: invalid header") throw error;
    const text = `file '${name}' does not appear to be a valid chart file (details: ${error.message})`;
    throw new SkegError("chart", text, { cause: error });
  }
}

/** Throws unless the first bytes are those of gzip. */
function checkArchive(start: Uint8Array, name: string): void {
  const type = sniffContentType(start);
  if (type === "application/x-gzip") return;
  const found = /\.ya?ml$/u.test(name)
    ? "seems to be a YAML file, but I expected a gzipped archive"
    : `does not appear to be a gzipped archive; got '${type}'`;
  throw new SkegError("chart", `file '${name}' ${found}`);
}

function readStart(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw fileError("open", path, error);
  }
  try {
    const start = new Uint8Array(SNIFF_BYTES);
    return start.subarray(0, readSync(file, start, 0, SNIFF_BYTES, null));
  } catch (error) {
    throw new SkegError("io", `file '${path}' cannot be read: ${fileError("read", path, error).message}`, {
      cause: error,
    });
  } finally {
    closeSync(file);
  }
}

/**
 * Builds a chart from files in memory.
 *
 * @param files Path relative to the chart's root, with `/` → content.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const chart = chartFromFiles({ "Chart.yaml": "name: web\nversion: 1.0.0\n", "templates/a.yaml": "a: 1\n" });
 * equal(chart.metadata.name, "web");
 * ```
 */
export function chartFromFiles(files: Readonly<Record<string, string | Uint8Array>>): Chart {
  const list = Object.entries(files).map(([path, data]) => ({
    path,
    data: typeof data === "string" ? toBytes(data) : data,
  }));
  return assembleChart(list, { budget: newBudget(), warn: silent });
}

/** Throws unless a folder holds a readable `Chart.yaml` with a name. */
function checkChartFolder(folder: string): void {
  const path = join(folder, "Chart.yaml");
  try {
    statSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      throw new SkegError("chart", `no Chart.yaml exists in directory ${quote(folder)}`, { cause: error });
    }
  }
  let data: Uint8Array;
  try {
    data = readFile(path);
  } catch (error) {
    throw new SkegError("chart", `cannot read Chart.Yaml in directory ${quote(folder)}`, { cause: error });
  }
  if (decodeMetadata(fromBytes(data)).name === "") {
    throw new SkegError("chart", "invalid chart (Chart.yaml): name must not be empty");
  }
}

function stat(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw fileError("stat", path, error);
  }
}
