/**
 * The rules of budgets, autoscalers, priority classes and limit ranges.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/policy`, `pkg/apis/autoscaling`,
 * `pkg/apis/scheduling` and `plugin/pkg/admission/priority`.
 *
 * @module
 */
import { at, child, fill, mapOf, mapsOf, numberOf, textOf } from "../json.ts";
import { type FieldError, forbidden, forbiddenField, invalidValue, required } from "../status.ts";
import { checkSelector } from "../validation/meta.ts";
import { notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

/** Rules of PodDisruptionBudgets. */
export const budgetRules: Rules = {
  generation: true,
  needsVersion: true,
  validate(object) {
    const spec = mapOf(object["spec"]);
    const [low, high] = [spec["minAvailable"], spec["maxUnavailable"]];
    const errors: FieldError[] = [];
    if (low !== undefined && high !== undefined) {
      // The server prints its internal struct, which has Go's names.
      const shown = {
        MinAvailable: low,
        Selector: spec["selector"] ?? null,
        MaxUnavailable: high,
        UnhealthyPodEvictionPolicy: spec["unhealthyPodEvictionPolicy"] ?? null,
      };
      errors.push(invalidValue("spec", shown, "minAvailable and maxUnavailable cannot be both set"));
    }
    errors.push(...notNegative(low, "spec.minAvailable"), ...notNegative(high, "spec.maxUnavailable"));
    return [...errors, ...checkSelector(spec["selector"], "spec.selector")];
  },
};

/** Rules of HorizontalPodAutoscalers, in version 2. */
export const scalerRules: Rules = {
  defaults(object) {
    const spec = child(object, "spec");
    fill(spec, "minReplicas", 1);
    if (mapsOf(spec["metrics"]).length === 0) {
      // `SetDefaults_HorizontalPodAutoscaler`: without metrics, 80 % of the requested CPU.
      const target = { type: "Utilization", averageUtilization: 80 };
      spec["metrics"] = [{ type: "Resource", resource: { name: "cpu", target } }];
    }
    const behavior = spec["behavior"];
    if (behavior === undefined) return;
    const up = child(mapOf(behavior), "scaleUp");
    fill(up, "stabilizationWindowSeconds", 0);
    fill(up, "selectPolicy", "Max");
    fill(up, "policies", [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ]);
    // The window for scaling down has no default: a flag of the controller decides.
    const down = child(mapOf(behavior), "scaleDown");
    fill(down, "selectPolicy", "Max");
    fill(down, "policies", [{ type: "Percent", value: 100, periodSeconds: 15 }]);
  },
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

/** Rules of PriorityClasses. */
export const priorityClassRules: Rules = {
  generation: true,
  defaults: (object) => fill(object, "preemptionPolicy", "PreemptLowerPriority"),
  validate(object) {
    const name = textOf(at(object, "metadata", "name"));
    const errors: FieldError[] = [];
    // The limit is `HighestUserDefinablePriority`; only the two system classes are above it.
    if (name.startsWith("system-") && !["system-cluster-critical", "system-node-critical"].includes(name)) {
      errors.push(forbiddenField(
        "metadata.name",
        "priority class names with 'system-' prefix are reserved for system use only. error: " +
          `${name} is not a known system priority class`,
      ));
    } else if (numberOf(object["value"]) > 1_000_000_000 && !name.startsWith("system-")) {
      errors.push(forbiddenField("value", "maximum allowed value of a user defined priority is 1000000000"));
    }
    return errors;
  },
  validateUpdate(object, before) {
    const errors: FieldError[] = [];
    if (object["value"] !== before["value"]) {
      errors.push(forbiddenField("value", "may not be changed in an update."));
    }
    if (object["preemptionPolicy"] !== before["preemptionPolicy"]) {
      errors.push(invalidValue("preemptionPolicy", object["preemptionPolicy"], "field is immutable"));
    }
    return errors;
  },
  admit(object, machine) {
    // The admission plugin PriorityClass: two defaults would leave the priority of pods to chance.
    if (object["globalDefault"] !== true) return;
    const name = textOf(at(object, "metadata", "name"));
    const other = machine.store.list("scheduling.k8s.io/priorityclasses")
      .find((c) => c["globalDefault"] === true && c.metadata?.name !== name);
    if (other === undefined) return;
    throw forbidden(
      { group: "scheduling.k8s.io", resource: "priorityclasses" },
      name,
      `PriorityClass ${other.metadata?.name} is already marked as default. Only one default can exist`,
    );
  },
};

/** Rules of LimitRanges: defaults follow from the maximum. */
export const limitRangeRules: Rules = {
  defaults(object) {
    for (const limit of mapsOf(at(object, "spec", "limits"))) {
      if (limit["type"] !== "Container") continue;
      const [max, standard] = [mapOf(limit["max"]), mapOf(limit["default"])];
      const defaults = { ...max, ...standard };
      if (Object.keys(defaults).length > 0) limit["default"] = defaults;
      // Kubernetes: a limit goes before the minimum (`pkg/apis/core/v1/defaults.go`, SetDefaults_LimitRangeItem).
      const requests = { ...mapOf(limit["min"]), ...defaults, ...mapOf(limit["defaultRequest"]) };
      if (Object.keys(requests).length > 0) limit["defaultRequest"] = requests;
    }
  },
};
