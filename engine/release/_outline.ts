/**
 * What a list shows of a release.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";

/** Its name, revision, namespace, `info` and the chart's metadata. */
export function outline({ name, namespace, revision, info, chart }: Release): Release {
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
