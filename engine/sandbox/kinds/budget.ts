/**
 * PodDisruptionBudgets.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/policy/validation/validation.go`.
 *
 * @module
 */
import { budgetController } from "../controllers/budget.ts";
import { at, mapOf, numberOf } from "../json.ts";
import { type FieldError, invalidValue } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import { checkSelector } from "../validation/meta.ts";
import type { Kind } from "./kind.ts";
import { notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";

/** Rules of PodDisruptionBudgets. */
const budgetRules: Rules = {
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

const budgetCells: Cells = (o, c) => [
  nameOf(o),
  String(at(o, "spec", "minAvailable") ?? "N/A"),
  String(at(o, "spec", "maxUnavailable") ?? "N/A"),
  numberOf(at(o, "status", "disruptionsAllowed")),
  age(o, c),
];

/** PodDisruptionBudgets. */
export const budgets: Kind = {
  resource: "policy/poddisruptionbudgets",
  rules: budgetRules,
  controller: budgetController,
  cells: budgetCells,
};
