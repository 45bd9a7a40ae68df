/**
 * Fields that an API server lets an update change.
 *
 * @module
 */

/**
 * The fields of a StatefulSet's `spec` that an update may change, in the order of the server's message.
 *
 * Source: Kubernetes 1.34, `pkg/apis/apps/validation/validation.go` (`ValidateStatefulSetUpdate`).
 */
export const STATEFUL_SET_MUTABLE: readonly string[] = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];
