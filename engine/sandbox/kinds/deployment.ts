/**
 * Deployments.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/apps` (`v1/defaults.go`, `validation/validation.go`).
 *
 * @module
 */
import { deploymentDefaults } from "../../kube/defaults/mod.ts";
import { deploymentController } from "../controllers/deployment.ts";
import { onePath } from "../fields/set.ts";
import { at, type Json, mapOf, numberOf, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, notSupported } from "../status.ts";
import { age, type Cells, containers, nameOf, selectorText } from "../tables/format.ts";
import type { Kind } from "./kind.ts";
import { notNegative } from "./pod_validation.ts";
import type { Rules } from "./rules.ts";
import { checkReplicated, immutable, status } from "./workload_checks.ts";

/** Checks a count or a percentage. The two blanks in the message are the server's. */
function checkPercent(value: unknown, field: string): FieldError[] {
  if (typeof value === "number") return notNegative(value, field);
  if (/^[0-9]+%$/.test(textOf(value))) return [];
  const message = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or " +
    "'93%', regex used for validation is '[0-9]+%')";
  return value === undefined ? [] : [invalidValue(field, value, message)];
}

function isNone(value: unknown): boolean {
  return value === 0 || value === undefined || /^0+%$/.test(textOf(value));
}

function checkStrategy(spec: Json): FieldError[] {
  const strategy = mapOf(spec["strategy"]);
  const field = "spec.strategy";
  const rolling = strategy["rollingUpdate"];
  if (strategy["type"] === "Recreate") {
    if (rolling === undefined) return [];
    return [forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  }
  if (strategy["type"] !== "RollingUpdate") {
    const shown = { Type: strategy["type"], RollingUpdate: rolling ?? null };
    return [notSupported(field, shown, ["Recreate", "RollingUpdate"])];
  }
  const [down, up] = [at(rolling, "maxUnavailable"), at(rolling, "maxSurge")];
  const errors = [
    ...checkPercent(down, `${field}.rollingUpdate.maxUnavailable`),
    ...checkPercent(up, `${field}.rollingUpdate.maxSurge`),
  ];
  // With both at 0 the rollout could not move.
  if (isNone(down) && isNone(up)) {
    errors.push(invalidValue(`${field}.rollingUpdate.maxUnavailable`, down, "may not be 0 when `maxSurge` is 0"));
  }
  if (Number(/^(\d+)%$/.exec(textOf(down))?.[1] ?? 0) > 100) {
    errors.push(invalidValue(`${field}.rollingUpdate.maxUnavailable`, down, "must not be greater than 100%"));
  }
  return errors;
}

/** Rules of Deployments. */
const deploymentRules: Rules = {
  generation: true,
  defaults: deploymentDefaults,
  validate(object) {
    const spec = mapOf(object["spec"]);
    return [
      ...checkReplicated(spec),
      ...checkStrategy(spec),
      ...notNegative(spec["minReadySeconds"], "spec.minReadySeconds"),
      ...notNegative(spec["revisionHistoryLimit"], "spec.revisionHistoryLimit"),
    ];
  },
  validateUpdate: (object, before) => immutable(object, before, "spec", "selector"),
};

const deploymentCells: Cells = (object, context) => [
  nameOf(object),
  `${status(object, "readyReplicas")}/${numberOf(at(object, "spec", "replicas"))}`,
  status(object, "updatedReplicas"),
  status(object, "availableReplicas"),
  age(object, context),
  ...containers(at(object, "spec", "template")),
  selectorText(at(object, "spec", "selector")),
];

/** Deployments. */
export const deployments: Kind = {
  resource: "apps/deployments",
  rules: deploymentRules,
  controller: deploymentController,
  cells: deploymentCells,
  statusKeeps: onePath("f:metadata", "f:labels"),
};
