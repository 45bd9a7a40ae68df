/**
 * The chart of a request: by name, as an archive, or the one of the newest revision.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { loadArchive } from "../../engine/chart/load/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { clusterOf, type UiCall } from "./call.ts";
import type { PlanRequest } from "./types.ts";

/** A chart, or a name that the library resolves: a path, `repo/name`, an address. */
export type GivenChart = string | Chart;

/**
 * Returns the chart that a request names.
 *
 * @throws SkegError of kind `usage`, `chart` or `not-found`.
 */
export async function givenChart(call: UiCall, name: string, request: PlanRequest): Promise<GivenChart> {
  const { chart, archive, operation } = request;
  if (archive !== undefined) return await chartOfArchive(archive);
  if (chart !== undefined) return chart;
  if (operation === "install") throw new SkegError("usage", "an install needs a chart");
  const release = await clusterOf(call).skeg.get(name, { signal: call.signal });
  if (release.chart !== undefined) return release.chart;
  throw new SkegError("record", `revision ${release.revision} has no chart`, { hint: "Name the chart to upgrade to." });
}

async function chartOfArchive(base64: string): Promise<Chart> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(base64);
  } catch (cause) {
    throw new SkegError("usage", "the field archive must be base64", { cause });
  }
  return await Promise.resolve(loadArchive(bytes, "chart.tgz"));
}
