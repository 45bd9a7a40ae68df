/**
 * PersistentVolumeClaims.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asObject, asText } from "../../base/mod.ts";
import type { Related } from "./related.ts";
import { type ObjectState, progress, ready, statusOf } from "./state.ts";

/**
 * `--wait`: ready when it is bound.
 *
 * Helm 2: a claim that waits for its first consumer is not ready until a pod uses it.
 */
export function claimReady(claim: KubeObject): string {
  const phase = phaseOf(claim);
  return phase === "Bound" ? "" : `the claim is not bound (${phase || "Pending"})`;
}

/** Strict: bound, or waiting for its first consumer when no pod uses it. */
export function claimState(claim: KubeObject, { storageClass, isUsed, events = [] }: Related): ObjectState {
  if (phaseOf(claim) === "Bound") return ready();
  const isLate = asText(asObject(storageClass).volumeBindingMode) === "WaitForFirstConsumer";
  if (isLate && isUsed === false) return ready("it is bound when the first pod uses it");
  const problem = events.findLast(({ reason }) => reason === "ProvisioningFailed");
  const missing = claimReady(claim);
  return progress(problem === undefined ? missing : `${missing}: ${asText(problem.message)}`);
}

function phaseOf(claim: KubeObject): string {
  return asText(statusOf(claim).phase);
}
