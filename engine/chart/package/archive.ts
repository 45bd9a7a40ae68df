/**
 * Chart → the bytes of its archive.
 *
 * The same chart gives the same bytes: Helm 2 writes the time of packaging
 * into every entry; here the caller chooses the time.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/save.go`.
 *
 * @module
 */
import { joinBytes } from "../../base/mod.ts";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { posix } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartFile } from "../../model/mod.ts";
import { writeTar } from "../load/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { metadataText } from "./metadata_text.ts";

/** Extra field in the header of Helm's archives. No program reads it. */
const EXTRA = toBytes("+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=");
const COMMENT = toBytes("Helm\0");

/** Default time of entries: 1980-01-01, the earliest time that all archive formats support. */
export const ARCHIVE_TIME_SECONDS = 315_532_800;

/** Options of {@linkcode chartArchive}. */
export interface ArchiveOptions {
  /** Time of all entries, in seconds since 1970; default {@linkcode ARCHIVE_TIME_SECONDS}. */
  readonly modifiedSeconds?: number | undefined;
}

/**
 * Returns the `.tgz` of a chart. Subcharts are written as folders, even if they
 * were archives; Chart.yaml is generated from the metadata.
 *
 * @throws kind `chart` when a name would lead outside of the archive's folder.
 *
 * @example The same chart gives the same bytes
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const chart = { metadata: { name: "web", version: "1.0.0" }, templates: [], dependencies: [], files: [] };
 * deepEqual(chartArchive(chart), chartArchive(chart));
 * ```
 */
export function chartArchive(chart: Chart, options: ArchiveOptions = {}): Uint8Array {
  const tar = writeTar(chartEntries(chart), options.modifiedSeconds ?? ARCHIVE_TIME_SECONDS);
  // Header: magic, deflate, extra field and comment, no time, no hints, unknown system.
  const head = new Uint8Array([0x1f, 0x8b, 8, 4 | 16, 0, 0, 0, 0, 0, 255, EXTRA.length, 0]);
  const tail = new Uint8Array(8);
  const view = new DataView(tail.buffer);
  view.setUint32(0, crc32(tar), true);
  view.setUint32(4, tar.length, true);
  // One chunk that holds the whole result avoids copying. Incompressible data grows by a few bytes per 16 KiB.
  const chunkSize = tar.length + (tar.length >> 10) + 1024;
  const body = deflateRawSync(tar, { level: constants.Z_BEST_COMPRESSION, chunkSize });
  tar.buffer.transfer(0); // freed at once, because the bytes joined below need as much memory again
  return joinBytes([head, EXTRA, COMMENT, body, tail]);
}

/** Returns the files of a chart's archive, in order. */
function chartEntries(chart: Chart, above = ""): ChartFile[] {
  const { name } = chart.metadata;
  checkPart(name);
  const base = `${above}${name}`;
  const entry = (path: string, data: Uint8Array): ChartFile => {
    const full = posix.join(base, path);
    if (!full.startsWith(`${base}/`)) throw outside(path);
    return { path: full, data };
  };
  const entries = [entry("Chart.yaml", toBytes(metadataText(chart.metadata)))];
  if (chart.values !== undefined && chart.values.raw !== "") {
    entries.push(entry("values.yaml", toBytes(chart.values.raw)));
  }
  for (const file of [...chart.templates, ...chart.files]) entries.push(entry(file.path, file.data));
  for (const subchart of chart.dependencies) entries.push(...chartEntries(subchart, `${base}/charts/`));
  return entries;
}

/** Throws unless `name` is a valid single part of a path. */
export function checkPart(name: string): void {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/u.test(name)) throw outside(name);
}

function outside(name: string): SkegError {
  return new SkegError("chart", `${JSON.stringify(name)} would lie outside the chart's archive`);
}
