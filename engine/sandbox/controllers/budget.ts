/**
 * Statuses of PodDisruptionBudgets and HorizontalPodAutoscalers. Nothing is ever scaled: there is
 * no load to measure.
 *
 * Source: `pkg/controller/disruption/disruption.go` and
 * `pkg/controller/podautoscaler/horizontal.go`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { at, type Json, mapsOf, numberOf, textOf } from "../json.ts";
import { type Controller, editObject, type Happening, type Machine } from "../machine.ts";
import { selectorOf } from "../selectors.ts";
import { isActive, isReady, keyText, parseKey, scaled, withCondition } from "./owned.ts";

const BUDGETS = "policy/poddisruptionbudgets";
const SCALERS = "autoscaling/horizontalpodautoscalers";

function budgetStatus(machine: Machine, budget: KubeObject): Json {
  const test = selectorOf(at(budget, "spec", "selector"));
  const pods = machine.store.list("/pods", { namespace: budget.metadata?.namespace })
    .filter((pod) => isActive(pod) && test(pod.metadata?.labels ?? {}));
  const healthy = pods.filter(isReady).length;
  const low = at(budget, "spec", "minAvailable");
  const high = at(budget, "spec", "maxUnavailable");
  // Percentages of both fields are rounded up, as in the source. The API refuses a budget that has
  // both.
  const wanted = low !== undefined
    ? scaled(low, pods.length, true)
    : high !== undefined
    ? Math.max(pods.length - scaled(high, pods.length, true), 0)
    : pods.length;
  const allowed = pods.length === 0 ? 0 : Math.max(healthy - wanted, 0);
  const condition = {
    type: "DisruptionAllowed",
    status: allowed > 0 ? "True" : "False",
    reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
  };
  const conditions = withCondition(machine, at(budget, "status", "conditions"), condition)
    // These conditions are of the type `metav1.Condition`, whose message is written even when it is
    // empty.
    .map((c) => ({ ...c, message: "", observedGeneration: budget.metadata?.generation }));
  return {
    observedGeneration: numberOf(budget.metadata?.generation),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: wanted,
    expectedPods: pods.length,
    conditions,
  };
}

/** Keeps the status of budgets. */
export const budgetController: Controller = {
  name: "budget",
  interest({ key, before, after }: Happening, machine: Machine): string[] {
    if (key.resource === BUDGETS) return after === undefined ? [] : [keyText(key)];
    if (key.resource !== "/pods") return [];
    // Both states count: a change of labels can take a pod out of one budget and into another.
    const labels = [before, after].map((pod) => pod?.metadata?.labels ?? {});
    return machine.store.list(BUDGETS, { namespace: key.namespace })
      .filter((budget) => labels.some(selectorOf(at(budget, "spec", "selector"))))
      .map((budget) => `${key.namespace}/${budget.metadata?.name}`);
  },
  reconcile(machine: Machine, text: string): void {
    const key = parseKey(BUDGETS, text);
    const budget = machine.store.get(key);
    if (budget === undefined) return;
    const status = budgetStatus(machine, budget);
    editObject(machine, key, (next) => {
      next["status"] = status;
    });
  },
};

/** Keeps the status of autoscalers. */
export const scalerController: Controller = {
  name: "scaler",
  interest({ key, after }: Happening): string[] {
    return key.resource === SCALERS && after !== undefined ? [keyText(key)] : [];
  },
  reconcile(machine: Machine, text: string): void {
    const key = parseKey(SCALERS, text);
    const scaler = machine.store.get(key);
    if (scaler === undefined) return;
    const target = at(scaler, "spec", "scaleTargetRef");
    const [group = "", version = ""] = textOf(at(target, "apiVersion")).split("/");
    const resource = machine.registry().ofKind(group, version, textOf(at(target, "kind")));
    // The target may be of any served kind, custom ones included.
    const found = resource && machine.store.get({
      resource: resource.storage,
      namespace: key.namespace,
      name: textOf(at(target, "name")),
    });
    const condition = found
      ? {
        type: "AbleToScale",
        status: "True",
        reason: "SucceededGetScale",
        message: "the HPA controller was able to " +
          "get the target's current scale",
      }
      : {
        type: "AbleToScale",
        status: "False",
        reason: "FailedGetScale",
        message: "the HPA controller was unable to " +
          `get the target's current scale: ${textOf(at(target, "kind")).toLowerCase()} "${
            at(target, "name")
          }" not found`,
      };
    // Without metrics the wanted number of replicas is the one that the target has.
    const replicas = numberOf(at(found, "spec", "replicas"), 0);
    editObject(machine, key, (next) => {
      next["status"] = {
        ...(replicas > 0 ? { currentReplicas: replicas } : {}),
        desiredReplicas: replicas,
        currentMetrics: null,
        conditions: mapsOf(withCondition(machine, at(scaler, "status", "conditions"), condition)),
      };
    });
  },
};
