/**
 * The table of kinds. To add a kind, write its object and add it here.
 *
 * @module
 */
import { garbageController } from "../controllers/garbage.ts";
import type { Controller } from "../machine.ts";
import { clusterRoleBindings, clusterRoles, roleBindings, roles, serviceAccounts } from "./access.ts";
import { admissionPolicies, admissionPolicyBindings, webhookConfigurations } from "./admission.ts";
import { apiServices } from "./apiservice.ts";
import { budgets } from "./budget.ts";
import { claims } from "./claim.ts";
import { configMaps, secrets } from "./config.ts";
import { cronJobs } from "./cronjob.ts";
import { daemonSets } from "./daemonset.ts";
import { definitions } from "./definition.ts";
import { deployments } from "./deployment.ts";
import { endpoints, endpointSlices } from "./endpoints.ts";
import { events } from "./event.ts";
import { ingressClasses, ingresses } from "./ingress.ts";
import { jobs } from "./job.ts";
import { limitRanges, resourceQuotas } from "./limits.ts";
import { namespaces } from "./namespace.ts";
import { networkPolicies } from "./network_policy.ts";
import { nodes } from "./node.ts";
import {
  flowSchemas,
  leases,
  priorityLevels,
  runtimeClasses,
  signingRequests,
  storageCapacities,
  volumeAttachments,
} from "./plain.ts";
import { pods, podTemplates } from "./pod.ts";
import { priorityClasses } from "./priority_class.ts";
import { replicaSets, replicationControllers } from "./replicaset.ts";
import { scalers } from "./scaler.ts";
import { services } from "./service.ts";
import { controllerRevisions, statefulSets } from "./statefulset.ts";
import { storageClasses } from "./storage_class.ts";
import { volumes } from "./volume.ts";
import type { Kind } from "./kind.ts";

/**
 * All kinds with something of their own. The order decides which of two controllers' tasks that fall
 * due together runs first, so kinds that make others come before those.
 */
export const KINDS: readonly Kind[] = [
  namespaces,
  definitions,
  deployments,
  replicaSets,
  replicationControllers,
  statefulSets,
  controllerRevisions,
  daemonSets,
  jobs,
  claims,
  pods,
  podTemplates,
  services,
  budgets,
  scalers,
  roles,
  clusterRoles,
  roleBindings,
  clusterRoleBindings,
  serviceAccounts,
  ...webhookConfigurations,
  admissionPolicies,
  admissionPolicyBindings,
  apiServices,
  configMaps,
  secrets,
  cronJobs,
  endpoints,
  endpointSlices,
  events,
  ingresses,
  ingressClasses,
  limitRanges,
  resourceQuotas,
  networkPolicies,
  nodes,
  leases,
  runtimeClasses,
  storageCapacities,
  volumeAttachments,
  signingRequests,
  flowSchemas,
  priorityLevels,
  priorityClasses,
  storageClasses,
  volumes,
];

const BY_RESOURCE = new Map(KINDS.map((kind) => [kind.resource, kind]));
const NONE: Kind = { resource: "" };

/** Returns the kind whose objects are stored under `resource`; one without anything for all others. */
export function kindOf(resource: string): Kind {
  return BY_RESOURCE.get(resource) ?? NONE;
}

/** The controllers of all kinds, and the garbage collector, which works on every kind. */
export const CONTROLLERS: readonly Controller[] = [
  garbageController,
  ...KINDS.flatMap((kind) => kind.controller ?? []),
];
