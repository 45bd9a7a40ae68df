/**
 * Values for the next upgrade of any chart: what people change most.
 *
 * @module
 */
import { parseValues } from "../../engine/chart/values/mod.ts";
import { encodeYaml } from "../../engine/lang/yaml/mod.ts";
import { isObject } from "../../engine/kube/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";

/** A chart and the user's values. */
export interface NextUpgrade {
  /** The chart, unchanged. */
  readonly chart: Chart;
  /** The user's values, as YAML. */
  readonly config: string;
}

/** Returns upgrades of a chart to other values: other settings, and other parts. */
export async function nextOf(chart: Chart): Promise<NextUpgrade[]> {
  const values = await Promise.resolve(parseValues(chart.values?.raw ?? "{}\n", "chartutil.Values"));
  return [settingOf, partOf].map((change) => ({ chart, config: encodeYaml(changed(values, "", change) ?? {}) }));
}

/** Returns the other value of a setting; `undefined` keeps it. */
type Other = (name: string, value: unknown) => unknown;

function changed(value: unknown, name: string, other: Other): unknown {
  const next = other(name, value);
  if (next !== undefined) return next;
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).map(([key, inner]) => [key, changed(inner, key, other)] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === "" || typeof value === "object" && Object.keys(value).length === 0;

/** Images, numbers, resources, ports, and what places pods. */
const settingOf: Other = (name, value) => {
  if (/^(image)?tag$/i.test(name) && typeof value === "string" && value !== "") return `${value}-next`;
  if (/^replica(s|Count)$/i.test(name) && typeof value === "number") return value + 1;
  if (/pullPolicy$/i.test(name) && typeof value === "string") return value === "Always" ? "IfNotPresent" : "Always";
  if (/^(port|servicePort|externalPort)$/.test(name) && typeof value === "number") return value + 1;
  if (name === "type" && value === "ClusterIP") return "NodePort";
  if (name === "cpu") return "321m";
  if (name === "memory") return "1.5Gi";
  if (!isEmpty(value)) return undefined;
  if (name === "resources") return { limits: { cpu: 0.5, memory: "1000Mi" }, requests: { memory: "0.5Gi" } };
  if (name === "nodeSelector") return { disk: "ssd" };
  if (name === "tolerations") return [{ key: "only", operator: "Exists" }];
  if (/^(pod|deployment|service)?annotations$/i.test(name)) return { note: "next" };
  return undefined;
};

/** Parts of a chart that can be switched. */
const PARTS = /^(metrics|rbac|serviceAccount|networkPolicy|podDisruptionBudget|persistence|autoscaling)$/;

const partOf: Other = (name, value) => {
  if (!PARTS.test(name) || !isObject(value)) return undefined;
  for (const key of ["enabled", "create"]) if (typeof value[key] === "boolean") return { [key]: !value[key] };
  return undefined;
};
