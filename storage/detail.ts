/**
 * How much of a release is kept after its record was read.
 *
 * @module
 */
import type { Release } from "../engine/model/mod.ts";

/**
 * - `full`: everything.
 * - `manifest`: without the chart, the config and the hooks.
 * - `outline`: the parts that a list shows: name, revision, namespace, `info` without notes, and the chart's
 * metadata.
 */
export type RecordDetail = "full" | "manifest" | "outline";

/**
 * Returns the part of a release that `detail` names.
 *
 * Everything but `full` holds no part of the record's bytes, so that they can be freed. Idempotent.
 */
export function withDetail(release: Release, detail: RecordDetail = "full"): Release {
  switch (detail) {
    case "full":
      return release;
    case "manifest":
      return manifestOf(release);
    case "outline":
      return outlineOf(release);
  }
}

function manifestOf({ name, namespace, revision, info, manifest }: Release): Release {
  return { name, namespace, revision, info, manifest, hooks: [] };
}

function outlineOf({ name, namespace, revision, info, chart }: Release): Release {
  return {
    name,
    namespace,
    revision,
    info: { ...info, status: { ...info.status, resources: "", notes: "" } },
    chart: chart && { metadata: chart.metadata, templates: [], dependencies: [], files: [] },
    manifest: "",
    hooks: [],
  };
}
