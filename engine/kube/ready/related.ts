/**
 * Facts around an object, for its readiness rule.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";

/** Facts around an object. Everything is optional: a rule without it judges the object alone. */
export interface Related {
  /** Pods of a workload. */
  readonly pods?: readonly KubeObject[] | undefined;
  /** Replica sets that a Deployment controls. */
  readonly replicaSets?: readonly KubeObject[] | undefined;
  /** Events about the object, oldest first. */
  readonly events?: readonly KubeObject[] | undefined;
  /** Returns how many ready endpoints a Service has; `undefined` when that is not known. */
  readonly readyEndpoints?: ((namespace: string, name: string) => number | undefined) | undefined;
  /** True if a workload that is waited for too has pods that the Service selects. */
  readonly hasWorkload?: boolean | undefined;
  /** The storage class of a claim. */
  readonly storageClass?: KubeObject | undefined;
  /** True if a pod mounts the claim. */
  readonly isUsed?: boolean | undefined;
  /** All classes of ingresses. */
  readonly ingressClasses?: readonly KubeObject[] | undefined;
  /** True if discovery shows the kinds of a CustomResourceDefinition. */
  readonly isServed?: boolean | undefined;
  /** True if the cluster makes a token for every ServiceAccount: Kubernetes 1.23 and older. */
  readonly makesTokens?: boolean | undefined;
  /** True if the definition of a custom resource has a status of its own. */
  readonly hasStatus?: boolean | undefined;
  /** True if the status was seen to change since the wait began. */
  readonly hasChanged?: boolean | undefined;
  /** Time since the wait for the object began, in milliseconds. */
  readonly waitedMs?: number | undefined;
}

/** Returns how long a grace still lasts, in milliseconds; 0 when it is over, all of it when the time is not known. */
export function graceLeft({ waitedMs = 0 }: Related, graceMs: number): number {
  return Math.max(0, graceMs - waitedMs);
}
