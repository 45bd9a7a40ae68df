/**
 * Writes charts to disk: as an archive, or as a folder.
 *
 * Source: Helm 2.17.0, `pkg/chartutil/save.go`.
 *
 * @module
 */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileError, SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { nameProblem, placeFile } from "../../net/download/mod.ts";
import { archivePlace, PROVENANCE_PLACE } from "../load/mod.ts";
import { toBytes } from "../../lang/golang/mod.ts";
import { type ArchiveOptions, chartArchive, checkPart } from "./archive.ts";
import { metadataText } from "./metadata_text.ts";

/**
 * Writes the archive of a chart into a folder and returns its path,
 * `FOLDER/NAME-VERSION.tgz`. An archive of the same chart is replaced.
 *
 * @throws kind `io` or `chart`, with Helm's message; kind `exists` when another file is in its place.
 */
export function saveArchive(chart: Chart, folder: string, options: ArchiveOptions = {}): string {
  if (!stat(folder).isDirectory()) throw new SkegError("io", `location ${folder} is not a directory`);
  const { name, version = "" } = chart.metadata;
  if (version === "") throw new SkegError("chart", "no chart version specified (Chart.yaml)");
  const file = `${name}-${version}.tgz`;
  checkPart(file);
  const problem = nameProblem(file);
  if (problem !== undefined) {
    throw new SkegError("chart", `${JSON.stringify(file)} cannot be the name of an archive: ${problem}`);
  }
  const path = join(folder, file);
  placeFile(path, chartArchive(chart, options), archivePlace({ name, version }));
  return path;
}

/**
 * Writes a chart as a new folder, `FOLDER/NAME`. Subcharts become archives in
 * its `charts/`.
 *
 * @throws kind `io` when the folder exists already, or cannot be written.
 */
export function saveFolder(chart: Chart, folder: string): string {
  const { name } = chart.metadata;
  checkPart(name);
  const root = join(folder, name);
  try {
    mkdirSync(root, { mode: 0o755 });
  } catch (error) {
    throw fileError("mkdir", root, error);
  }
  write(join(root, "Chart.yaml"), toBytes(metadataText(chart.metadata)));
  if (chart.values !== undefined && chart.values.raw !== "") {
    write(join(root, "values.yaml"), toBytes(chart.values.raw));
  }
  for (const part of ["templates", "charts", "templates/tests"]) makeFolder(join(root, part));
  for (const { path, data } of [...chart.templates, ...chart.files]) {
    const target = join(root, path);
    if (path.split(/[/\\]/u).includes("..")) throw new SkegError("chart", `${path} would lie outside the chart`);
    makeFolder(dirname(target));
    write(target, data);
  }
  for (const subchart of chart.dependencies) saveArchive(subchart, join(root, "charts"));
  return root;
}

/**
 * Writes the provenance file of an archive, `ARCHIVE.prov`, beside it. Another provenance file is replaced.
 *
 * @throws kind `io`, or kind `exists` when another file is in its place.
 */
export function saveProvenance(archive: string, text: string): void {
  // Helm 2 makes the file executable.
  placeFile(`${archive}.prov`, toBytes(text), { ...PROVENANCE_PLACE, mode: 0o755 });
}

/** Creates a folder and its parent folders. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw fileError("mkdir", path, error);
  }
}

/**
 * Writes a file atomically: concurrent readers see the old content or the new
 * one. An existing file keeps its mode. A link keeps its target, which is written.
 */
export function write(path: string, data: Uint8Array): void {
  const known = existsSync(path) ? stat(path) : undefined;
  const target = known === undefined ? path : realpathSync(path);
  const draft = `${target}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    writeFileSync(draft, data, { mode: known === undefined ? 0o644 : known.mode & 0o777, flag: "wx" });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError("open", path, error);
  }
}

/** Returns the state of a path; throws kind `io` with Go's message. */
export function stat(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw fileError("stat", path, error);
  }
}
