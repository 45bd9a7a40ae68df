/**
 * The head and the counts of a report.
 *
 * @module
 */
import type { Chart, Release, Timestamp } from "../../model/mod.ts";
import type { ObjectChange, ReleaseChange } from "../../kube/explain/mod.ts";
import { isSameConfig } from "./same_chart.ts";

/** Returns what is compared. Two releases of different names are shown by their names. */
export function releaseChange(old: Release | undefined, target: Release): ReleaseChange {
  const isOther = old !== undefined && old.name !== target.name;
  return {
    name: isOther ? old.name : target.name,
    namespace: target.namespace,
    from: old?.revision ?? null,
    to: isOther ? target.name : target.revision,
    chart: { from: chartText(old?.chart), to: chartText(target.chart) },
    valuesChanged: old !== undefined && !isSameConfig(old.config?.raw ?? "", target.config?.raw ?? ""),
    made: { from: timeText(old?.info.lastDeployed), to: timeText(target.info.lastDeployed) },
  };
}

function chartText(chart: Chart | undefined): string | null {
  return chart === undefined ? null : `${chart.metadata.name} ${chart.metadata.version ?? ""}`.trim();
}

function timeText(time: Timestamp | undefined): string | null {
  return time === undefined ? null : new Date(time.seconds * 1000).toISOString().replace(".000Z", "Z");
}

/**
 * Returns the counts of a report.
 *
 * @param only The choice of objects: those that it leaves out are not counted, and `selected` is the number of the others.
 */
export function summaryOf(
  all: readonly ObjectChange[],
  shown: readonly ObjectChange[],
  only?: (object: ObjectChange) => boolean,
): Record<string, number> {
  const compared = only === undefined ? all : all.filter(only);
  const count = (action: string): number => shown.filter((object) => object.action === action).length;
  return {
    created: count("create"),
    changed: count("update") + count("recreate"),
    deleted: count("delete"),
    kept: count("keep"),
    adopted: count("adopt"),
    refused: count("refused"),
    unchanged: compared.filter(({ action }) => action === "none").length,
    hidden: compared.reduce((sum, { ignored = 0 }) => sum + ignored, 0),
    ...only === undefined ? {} : { selected: compared.length },
  };
}
