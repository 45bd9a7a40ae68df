/**
 * Chart → the bytes of its archive.
 *
 * The same chart gives the same bytes: Helm 2 writes the time of packaging
 * into every entry, here it is one that the caller chooses.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/save.go`.
 *
 * @module
 */
import { constants, crc32, deflateRawSync } from "node:zlib";
import { posix } from "node:path";
import { SkegError } from "../../../errors.ts";
import type { Chart, ChartFile } from "../../model/mod.ts";
import { joinBytes as join, writeTar } from "../load/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { metadataText } from "./metadata_text.ts";

/** What stands in the header of archives that Helm makes; nothing reads it. */
const EXTRA = toBytes("+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=");
const COMMENT = toBytes("Helm\0");

/** The time of entries when nobody chooses one: 1980-01-01, the first that every format of archive can hold. */
export const ARCHIVE_TIME_SECONDS = 315_532_800;

/** Options of {@linkcode chartArchive}. */
export interface ArchiveOptions {
  /** Time of all entries, in seconds since 1970; default {@linkcode ARCHIVE_TIME_SECONDS}. */
  readonly modifiedSeconds?: number | undefined;
}

/**
 * Returns the `.tgz` of a chart. Subcharts go in as folders, whatever they
 * were; Chart.yaml is written anew.
 *
 * @throws kind `chart` when a name would lead out of the archive's folder.
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
  // With room for all of it at once, nothing has to be put together. What cannot be packed grows by a few bytes for each 16 KiB.
  const chunkSize = tar.length + (tar.length >> 10) + 1024;
  const body = deflateRawSync(tar, { level: constants.Z_BEST_COMPRESSION, chunkSize });
  tar.buffer.transfer(0); // freed at once: what is joined below is as large again
  return join([head, EXTRA, COMMENT, body, tail]);
}

/** The files of a chart's archive, in their order. */
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

/** Throws unless `name` can be one part of a path. */
export function checkPart(name: string): void {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/u.test(name)) throw outside(name);
}

function outside(name: string): SkegError {
  return new SkegError("chart", `${JSON.stringify(name)} would lie outside the chart's archive`);
}
