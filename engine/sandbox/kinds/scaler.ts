/**
 * HorizontalPodAutoscalers.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/autoscaling` (`v2/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { scalerDefaults } from "../../kube/defaults/mod.ts";
import { scalerController } from "../controllers/budget.ts";
import { at, type Json, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, required } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/** Rules of HorizontalPodAutoscalers, in version 2. */
const scalerRules: Rules = {
  defaults: scalerDefaults,
  prepare(object) {
    object["status"] = { desiredReplicas: 0, currentMetrics: null };
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    const errors: FieldError[] = [];
    // `minReplicas: 0` gets two errors, since scaling to zero needs a feature that is off and a
    // metric that is not there.
    const [low, high] = [numberOf(spec["minReplicas"], 1), numberOf(spec["maxReplicas"])];
    if (low < 1) errors.push(invalidValue("spec.minReplicas", low, "must be greater than or equal to 1"));
    if (high < 1) errors.push(invalidValue("spec.maxReplicas", high, "must be greater than 0"));
    if (high < low) {
      errors.push(invalidValue("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`"));
    }
    if (low === 0) {
      errors.push(forbiddenField(
        "spec.metrics",
        "must specify at least one Object or External metric to support scaling to zero replicas",
      ));
    }
    for (const key of ["kind", "name"]) {
      if (textOf(at(spec, "scaleTargetRef", key)) === "") errors.push(required(`spec.scaleTargetRef.${key}`));
    }
    const version = textOf(at(spec, "scaleTargetRef", "apiVersion"));
    if (version === "") {
      errors.push(invalidValue("spec.scaleTargetRef.apiVersion", version, "apiVersion must specify API group"));
    }
    return errors;
  },
};

/**
 * Returns a metric as current and wanted value (`formatHPAMetrics`). Without metrics in the status
 * the current one is unknown.
 */
function metricText(metric: Json, current: Json | undefined): string {
  const type = textOf(metric["type"]);
  // The metric's own data is under its type: `Resource` under `resource`.
  const key = type.slice(0, 1).toLowerCase() + type.slice(1);
  const own = mapOf(metric[key]);
  const target = mapOf(own["target"]);
  const seen = mapOf(at(current, key, "current"));
  const head = type === "Resource" || type === "ContainerResource" ? `${textOf(own["name"])}: ` : "";
  if (target["averageValue"] !== undefined) {
    const tail = type === "External" || type === "Object" ? " (avg)" : "";
    return `${head}${textOf(seen["averageValue"]) || "<unknown>"}/${target["averageValue"]}${tail}`;
  }
  if (head === "") return `${textOf(seen["value"]) || "<unknown>"}/${textOf(target["value"])}`;
  const used = seen["averageUtilization"];
  const wanted = target["averageUtilization"];
  return `${head}${used === undefined ? "<unknown>" : `${used}%`}/${wanted === undefined ? "<auto>" : `${wanted}%`}`;
}

const scalerCells: Cells = (o, c) => {
  const currents = mapsOf(at(o, "status", "currentMetrics"));
  const metrics = mapsOf(at(o, "spec", "metrics")).map((metric, i) => metricText(metric, currents[i]));
  const shown = metrics.length > 2
    ? `${metrics.slice(0, 2).join(", ")} + ${metrics.length - 2} more...`
    : metrics.join(", ");
  const target = at(o, "spec", "scaleTargetRef");
  const low = at(o, "spec", "minReplicas");
  return [
    nameOf(o),
    `${textOf(at(target, "kind"))}/${textOf(at(target, "name"))}`,
    shown || "<none>",
    low === undefined ? "<unset>" : String(low),
    numberOf(at(o, "spec", "maxReplicas")),
    numberOf(at(o, "status", "currentReplicas")),
    age(o, c),
  ];
};

/** HorizontalPodAutoscalers. */
export const scalers: Kind = {
  resource: "autoscaling/horizontalpodautoscalers",
  rules: scalerRules,
  controller: scalerController,
  cells: scalerCells,
};
