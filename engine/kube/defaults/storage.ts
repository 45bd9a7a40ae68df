/**
 * Defaults of claims, volumes and storage classes.
 *
 * Source: Kubernetes 1.34, `pkg/apis/core/v1/defaults.go`, `pkg/apis/storage/v1/defaults.go`.
 *
 * @module
 */
import { asObject, asText, childOf, fieldAt, fillIn, type JsonObject } from "../../base/mod.ts";

/** Fills in a claim. */
export function claimDefaults(claim: JsonObject): void {
  const spec = childOf(claim, "spec");
  fillIn(spec, "volumeMode", "Filesystem");
  if (asText(fieldAt(claim, "status", "phase")) === "") childOf(claim, "status")["phase"] = "Pending";
}

/** Fills in a PersistentVolume. */
export function persistentVolumeDefaults(object: JsonObject): void {
  const spec = childOf(object, "spec");
  fillIn(spec, "persistentVolumeReclaimPolicy", "Retain");
  fillIn(spec, "volumeMode", "Filesystem");
  if (spec["hostPath"] !== undefined) fillIn(asObject(spec["hostPath"]), "type", "");
}

/** Fills in a StorageClass. */
export function storageClassDefaults(object: JsonObject): void {
  fillIn(object, "reclaimPolicy", "Delete");
  fillIn(object, "volumeBindingMode", "Immediate");
}
