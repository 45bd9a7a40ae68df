/**
 * The head and the counts of a report.
 *
 * @module
 */
import type { Chart, Release, Timestamp } from "../../model/mod.ts";
import type { Change, ChangeReport, ObjectChange, PlannedHook, ReleaseChange } from "../../kube/explain/mod.ts";
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

/** Reasons of lines that name what stays as it is in the cluster. */
const STAYING = ["drift-stays", "manager", "unknown"] as const;

/** True for a line that names what stays as it is in the cluster. */
export function isStaying({ cause }: Change): boolean {
  return STAYING.some((reason) => cause.includes(reason));
}

/** Returns the numbers of fields that stay, by the reason. */
export function stayingCounts(
  objects: readonly ObjectChange[],
): { readonly drifted: number; readonly held: number; readonly unknown: number } {
  const changes = objects.flatMap((object) => object.changes);
  const count = (reason: typeof STAYING[number]): number =>
    changes.filter(({ cause }) => cause.includes(reason)).length;
  return { drifted: count("drift-stays"), held: count("manager"), unknown: count("unknown") };
}

/** Returns the object of a hook, for tests that choose objects. */
export function objectOfHook({ kind, name }: PlannedHook, namespace: string): ObjectChange {
  const id = { group: "", kind, namespace, name };
  return { id, action: "none", predicted: "record", hook: true, changes: [] };
}

/**
 * Returns the report of a plan with the chosen objects and hooks, and their counts. All risks stay: the plan does everything.
 *
 * @param report Its objects are those that change or have drifted, so objects that stay as they are cannot be counted.
 */
export function selectReport(report: ChangeReport, only: (object: ObjectChange) => boolean): ChangeReport {
  const objects = report.objects.filter(only);
  const hooks = report.hooks.filter((hook) => only(objectOfHook(hook, report.release.namespace)));
  const local = objects.filter(({ predicted, action }) =>
    predicted === "local" && action !== "none" && action !== "refused"
  );
  return {
    ...report,
    objects,
    hooks,
    summary: {
      ...summaryOf(objects, objects),
      selected: objects.length + hooks.length,
      hooks: hooks.length,
      ...stayingCounts(objects),
      local: local.length,
    },
  };
}
