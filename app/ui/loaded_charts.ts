/**
 * Charts that the page looks at, found as `install` finds them.
 *
 * @module
 */
import { loadChart } from "../../engine/chart/load/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { clusterOf, type UiCall } from "./call.ts";

/**
 * Returns a chart by its name: a path, `repo/name`, or an address. Downloads what is not here.
 *
 * @param version A version or a range; empty: the newest.
 */
export async function loadedChart(call: UiCall, name: string, version: string): Promise<Chart> {
  const { signal } = call;
  const path = await clusterOf(call).skeg.locate(name, { version: version || undefined, signal });
  return await loadChart(path);
}
