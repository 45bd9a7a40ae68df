/**
 * Finds selectors that match no pod of a chart.
 *
 * @module
 */
import type { KubeObject } from "../engine/model/mod.ts";
import { isMap } from "../engine/lang/golang/mod.ts";
import type { ObjectChecker } from "../engine/sandbox/mod.ts";
import type { StrictObject, StrictOptions, StrictProblem } from "./strict_types.ts";

/** Where kinds have the template of their pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  DaemonSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
};

/** Labels that controllers add to pods. */
const ADDED: ReadonlySet<string> = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/job-completion-index",
  "batch.kubernetes.io/job-name",
  "controller-revision-hash",
  "job-name",
  "pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);

type Labels = Readonly<Record<string, unknown>>;

interface Pods {
  readonly namespace: string;
  readonly labels: Labels;
}

/** The labels of a selector, and their place. */
interface Selector {
  readonly path: readonly string[];
  readonly labels: Labels;
}

/**
 * Returns the Services, PodDisruptionBudgets and NetworkPolicies whose selectors match no pod of the chart. A chart with custom
 * resources may have pods that an operator makes, and one without pods selects those of another chart: nothing is found there.
 */
export function unmatchedSelectors(
  objects: readonly StrictObject[],
  { namespace }: StrictOptions,
  checker: ObjectChecker,
): StrictProblem[] {
  const spaceOf = ({ metadata }: KubeObject) => `${metadata?.namespace ?? namespace}`;
  const pods = objects.flatMap(({ object }): Pods[] => {
    const path = TEMPLATES[object.kind ?? ""];
    if (path === undefined) return [];
    const labels = valueAt(object, [...path, "metadata", "labels"]);
    return [{ namespace: spaceOf(object), labels: isMap(labels) ? labels : {} }];
  });
  const hasCustom = objects.some(({ object: { apiVersion = "" } }) => !checker.isBuiltIn(apiVersion));
  if (pods.length === 0 || hasCustom) return [];
  return objects.flatMap((of): StrictProblem[] => {
    const selector = selectorOf(of.object);
    if (selector === undefined || Object.keys(selector.labels).length === 0) return [];
    const isMatched = pods.some((each) =>
      each.namespace === spaceOf(of.object) &&
      Object.entries(selector.labels).every(([name, value]) => ADDED.has(name) || each.labels[name] === value)
    );
    if (isMatched) return [];
    return [{ of, severity: "WARNING", path: selector.path, text: "the selector matches no pods of the chart" }];
  });
}

/** Returns the labels that an object selects pods by; expressions are not judged. */
function selectorOf(object: KubeObject): Selector | undefined {
  const path = object.kind === "Service"
    ? ["spec", "selector"]
    : object.kind === "PodDisruptionBudget"
    ? ["spec", "selector", "matchLabels"]
    : object.kind === "NetworkPolicy"
    ? ["spec", "podSelector", "matchLabels"]
    : undefined;
  if (path === undefined) return undefined;
  const labels = valueAt(object, path);
  return isMap(labels) ? { path, labels } : undefined;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => isMap(inner) ? inner[name] : undefined, value);
}
