/**
 * Fields of built-in kinds that the API server fills in when an object leaves them out.
 *
 * Pure. The sandbox fills in what it stores; a plan that is predicted here fills in what a merge alone would lack.
 *
 * @module
 */
export { withDefaults } from "./filled.ts";
export { cronJobDefaults, jobDefaults } from "./jobs.ts";
export { endpointsDefaults, endpointSliceDefaults, networkPolicyDefaults, serviceDefaults } from "./network.ts";
export {
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
export { podDefaults, podOnlyDefaults, podTemplateDefaults, VOLUME_SOURCES } from "./pod.ts";
export { claimDefaults, persistentVolumeDefaults, storageClassDefaults } from "./storage.ts";
export {
  daemonSetDefaults,
  deploymentDefaults,
  replicaSetDefaults,
  replicationControllerDefaults,
  statefulSetDefaults,
} from "./workloads.ts";
