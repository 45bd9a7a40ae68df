/**
 * Checks that a record fits into an object, before anything is created.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Chart, Release } from "../engine/model/mod.ts";

/** The API server's limit for the data of one ConfigMap or Secret. */
export const RECORD_BYTES_MAX = 1024 * 1024;

/**
 * Checks that `envelope` fits into an object.
 *
 * @throws SkegError of kind `record` that names the largest parts of the release, when it does not fit.
 */
export function checkRecordSize(release: Release, envelope: string): void {
  if (envelope.length <= RECORD_BYTES_MAX) return;
  const largest = recordParts(release).sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, 3)
    .map((part) => `${part.name} (${kilobytes(part.sizeBytes)})`);
  throw new SkegError(
    "record",
    `Cannot store release ${JSON.stringify(release.name)}: its record would take ${kilobytes(envelope.length)}, ` +
      `and ${kilobytes(RECORD_BYTES_MAX)} is the limit; largest before compression: ${largest.join(", ")}`,
    { hint: "Exclude files that no template reads from the chart, with .helmignore or by removing them." },
  );
}

/** A part of a release, and its size before compression. */
export interface RecordPart {
  /** Such as `the manifest` or `web/templates/deployment.yaml`. */
  readonly name: string;
  /** Before compression. */
  readonly sizeBytes: number;
}

/** Returns the parts of a release, charts of dependencies included, in no particular order. */
export function recordParts(release: Release): RecordPart[] {
  const parts: RecordPart[] = [
    { name: "the manifest", sizeBytes: release.manifest.length },
    { name: "the hooks", sizeBytes: release.hooks.reduce((sum, hook) => sum + hook.manifest.length, 0) },
    { name: "the given values", sizeBytes: release.config?.raw.length ?? 0 },
    { name: "the notes", sizeBytes: release.info.status.notes.length },
  ];
  if (release.chart !== undefined) addChartParts(release.chart, "", parts);
  return parts;
}

function addChartParts(chart: Chart, above: string, parts: RecordPart[]): void {
  const name = above + chart.metadata.name;
  for (const file of [...chart.templates, ...chart.files]) {
    parts.push({ name: `${name}/${file.path}`, sizeBytes: file.data.length });
  }
  parts.push({ name: `${name}/values.yaml`, sizeBytes: chart.values?.raw.length ?? 0 });
  for (const dependency of chart.dependencies) addChartParts(dependency, `${name}/charts/`, parts);
}

function kilobytes(sizeBytes: number): string {
  return `${Math.ceil(sizeBytes / 1024)} kB`;
}
