/**
 * The table of kinds with defaults.
 *
 * @module
 */
import type { JsonObject } from "../../base/mod.ts";
import { cronJobDefaults, jobDefaults } from "./jobs.ts";
import { endpointsDefaults, endpointSliceDefaults, networkPolicyDefaults, serviceDefaults } from "./network.ts";
import {
  apiServiceDefaults,
  bindingDefaults,
  definitionDefaults,
  limitRangeDefaults,
  namespaceDefaults,
  priorityClassDefaults,
  scalerDefaults,
  secretDefaults,
  webhookDefaults,
} from "./others.ts";
import { podDefaults, podTemplateDefaults } from "./pod.ts";
import { claimDefaults, persistentVolumeDefaults, storageClassDefaults } from "./storage.ts";
import {
  daemonSetDefaults,
  deploymentDefaults,
  replicaSetDefaults,
  replicationControllerDefaults,
  statefulSetDefaults,
} from "./workloads.ts";

/** Fills in an object of one kind, in place. */
export type FillDefaults = (object: JsonObject) => void;

/** By group, then by kind. The core group is empty. */
const TABLE: Readonly<Record<string, Readonly<Record<string, FillDefaults>>>> = {
  "": {
    Endpoints: endpointsDefaults,
    LimitRange: limitRangeDefaults,
    Namespace: namespaceDefaults,
    PersistentVolume: persistentVolumeDefaults,
    PersistentVolumeClaim: claimDefaults,
    Pod: podDefaults,
    PodTemplate: podTemplateDefaults,
    ReplicationController: replicationControllerDefaults,
    Secret: secretDefaults,
    Service: serviceDefaults,
  },
  "admissionregistration.k8s.io": {
    MutatingWebhookConfiguration: webhookDefaults,
    ValidatingWebhookConfiguration: webhookDefaults,
  },
  "apiextensions.k8s.io": { CustomResourceDefinition: definitionDefaults },
  "apiregistration.k8s.io": { APIService: apiServiceDefaults },
  "apps": {
    DaemonSet: daemonSetDefaults,
    Deployment: deploymentDefaults,
    ReplicaSet: replicaSetDefaults,
    StatefulSet: statefulSetDefaults,
  },
  "autoscaling": { HorizontalPodAutoscaler: scalerDefaults },
  "batch": { CronJob: cronJobDefaults, Job: jobDefaults },
  "discovery.k8s.io": { EndpointSlice: endpointSliceDefaults },
  "extensions": {
    DaemonSet: daemonSetDefaults,
    Deployment: deploymentDefaults,
    NetworkPolicy: networkPolicyDefaults,
    ReplicaSet: replicaSetDefaults,
  },
  "networking.k8s.io": { NetworkPolicy: networkPolicyDefaults },
  "rbac.authorization.k8s.io": { ClusterRoleBinding: bindingDefaults, RoleBinding: bindingDefaults },
  "scheduling.k8s.io": { PriorityClass: priorityClassDefaults },
  "storage.k8s.io": { StorageClass: storageClassDefaults },
};

/** Returns what fills in objects of a kind, in any version; `undefined` if the table does not have the kind. */
export function defaultsOf(apiVersion: string, kind: string): FillDefaults | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const kinds = Object.hasOwn(TABLE, group) ? TABLE[group] ?? {} : {};
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
