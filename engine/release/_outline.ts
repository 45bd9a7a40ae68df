/**
 * What a list shows of a release.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import type { FetchOptions } from "../../storage/mod.ts";
import { recordOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** Options for fetching records of which only outlines may be wanted. */
export function fetchOptions(env: Environment, { outlines }: { outlines?: boolean | undefined }): FetchOptions {
  return { ...recordOptions(env), as: outlines === true ? outline : undefined };
}

/** Its name, revision, namespace, `info` and the chart's metadata. */
function outline({ name, namespace, revision, info, chart }: Release): Release {
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
