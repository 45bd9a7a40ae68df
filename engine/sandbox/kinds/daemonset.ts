/**
 * DaemonSets.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { daemonSetDefaults } from "../../kube/defaults/mod.ts";
import { daemonSetController } from "../controllers/daemonset.ts";
import { at, child, type Json, mapOf, same, textOf } from "../json.ts";
import { type FieldError, notSupported } from "../status.ts";
import { age, type Cells, containers, labelText, nameOf, selectorText } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { checkTemplate, notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { checkAlways, checkOwnLabels, checkOwnSelector, immutable, status } from "./workload_checks.ts";

function checkDaemonStrategy(strategy: Json): FieldError[] {
  if (["RollingUpdate", "OnDelete"].includes(textOf(strategy["type"]))) return [];
  const shown = { Type: strategy["type"], RollingUpdate: strategy["rollingUpdate"] ?? null };
  return [notSupported("spec.updateStrategy", shown, ["RollingUpdate", "OnDelete"])];
}

/** Rules of DaemonSets. */
const daemonSetRules: Rules = {
  generation: true,
  defaults: daemonSetDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [
      ...checkOwnSelector(spec, "daemonset", false),
      ...checkOwnLabels(spec),
      ...checkTemplate(spec["template"], "spec.template"),
      ...checkAlways(spec, "DaemonSet"),
      ...notNegative(spec["minReadySeconds"], "spec.minReadySeconds"),
      ...checkDaemonStrategy(mapOf(spec["updateStrategy"])),
    ];
  },
  prepareUpdate(object, before) {
    const key = "deprecated.daemonset.template.generation";
    const old = Number(at(before, "metadata", "annotations", key) ?? 1);
    const changed = !same(at(object, "spec", "template"), at(before, "spec", "template"));
    const annotations = child(child(object, "metadata"), "annotations");
    annotations[key] = String(changed ? old + 1 : old);
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

const daemonSetCells: Cells = (object, context) => [
  nameOf(object),
  status(object, "desiredNumberScheduled"),
  status(object, "currentNumberScheduled"),
  status(object, "numberReady"),
  status(object, "updatedNumberScheduled"),
  status(object, "numberAvailable"),
  labelText(at(object, "spec", "template", "spec", "nodeSelector")),
  age(object, context),
  ...containers(at(object, "spec", "template")),
  selectorText(at(object, "spec", "selector")),
];

/** DaemonSets. */
export const daemonSets: Kind = {
  resource: "apps/daemonsets",
  rules: daemonSetRules,
  controller: daemonSetController,
  cells: daemonSetCells,
};
