/**
 * The order in which objects are created on the API server, and deleted from it.
 *
 * Source: Helm 2.17.0, `pkg/tiller/kind_sorter.go`.
 *
 * @module
 */
import type { Manifest } from "../../model/mod.ts";
import { compareBytes } from "../../lang/golang/mod.ts";

/** Kinds in the order they are created. */
export const INSTALL_ORDER: readonly string[] = [
  "Namespace",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PodSecurityPolicy",
  "PodDisruptionBudget",
  "Secret",
  "ConfigMap",
  "StorageClass",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "ServiceAccount",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleList",
  "ClusterRoleBinding",
  "ClusterRoleBindingList",
  "Role",
  "RoleList",
  "RoleBinding",
  "RoleBindingList",
  "Service",
  "DaemonSet",
  "Pod",
  "ReplicationController",
  "ReplicaSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "StatefulSet",
  "Job",
  "CronJob",
  "Ingress",
  "APIService",
];

/**
 * Kinds in the order they are deleted.
 *
 * Helm 2: almost the reversed install order, but Services are third.
 */
export const UNINSTALL_ORDER: readonly string[] = [
  "APIService",
  "Ingress",
  "Service",
  "CronJob",
  "Job",
  "StatefulSet",
  "HorizontalPodAutoscaler",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "Pod",
  "DaemonSet",
  "RoleBindingList",
  "RoleBinding",
  "RoleList",
  "Role",
  "ClusterRoleBindingList",
  "ClusterRoleBinding",
  "ClusterRoleList",
  "ClusterRole",
  "CustomResourceDefinition",
  "ServiceAccount",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "StorageClass",
  "ConfigMap",
  "Secret",
  "PodDisruptionBudget",
  "PodSecurityPolicy",
  "LimitRange",
  "ResourceQuota",
  "NetworkPolicy",
  "Namespace",
];

/**
 * Returns `manifests` in the order they are sent to the API server.
 *
 * Kinds named in `order` come first, in that order, and within a kind by path.
 * Other kinds follow, sorted by kind, then by path. Ties keep the order of
 * the input.
 *
 * Helm 2: two objects of one kind from one file tie, and Helm walks a Go map
 * before it sorts, so their order changes from run to run. Any order is
 * compatible; the file's own order is kept here, because a reader can predict it.
 *
 * @param manifests Any length, any order; not changed.
 * @param order Kinds, first to last: `INSTALL_ORDER` or `UNINSTALL_ORDER`.
 * @returns A new array with the same elements.
 *
 * @example A namespace goes before what lives in it
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const pod = { path: "a.yaml", kind: "Pod", text: "" };
 * const space = { path: "z.yaml", kind: "Namespace", text: "" };
 * equal(inKindOrder([pod, space], ["Namespace", "Pod"])[0], space);
 * ```
 */
export function inKindOrder<T extends Manifest>(manifests: readonly T[], order: readonly string[]): T[] {
  const rank = new Map(order.map((kind, index) => [kind, index]));
  return manifests.toSorted((a, b) =>
    (rank.get(a.kind) ?? order.length) - (rank.get(b.kind) ?? order.length) ||
    compareBytes(a.kind, b.kind) || compareBytes(a.path, b.path)
  );
}
