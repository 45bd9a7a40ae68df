/**
 * The rules of all built-in kinds, by the name they are stored under.
 *
 * @module
 */
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from "./access.ts";
import { cronJobRules, jobRules } from "./batch.ts";
import {
  apiServiceRules,
  countedRules,
  endpointSliceRules,
  endpointsRules,
  namespaceRules,
  nodeRules,
  webhookRules,
} from "./cluster.ts";
import { configMapRules, secretRules } from "./config.ts";
import { definitionRules } from "./definition.ts";
import { ingressClassRules, ingressRules, networkPolicyRules } from "./network.ts";
import { podRules, podTemplateRules } from "./pod.ts";
import { budgetRules, limitRangeRules, priorityClassRules, scalerRules } from "./policy.ts";
import type { Rules } from "./rules.ts";
import { serviceRules } from "./service.ts";
import { claimRules, storageClassRules, volumeRules } from "./storage.ts";
import {
  daemonSetRules,
  deploymentRules,
  replicaSetRules,
  replicationControllerRules,
  statefulSetRules,
} from "./workloads.ts";

const TABLE: Readonly<Record<string, Rules>> = {
  "/configmaps": configMapRules,
  "/endpoints": endpointsRules,
  "/limitranges": limitRangeRules,
  "/namespaces": namespaceRules,
  "/nodes": nodeRules,
  "/persistentvolumeclaims": claimRules,
  "/persistentvolumes": volumeRules,
  "/pods": podRules,
  "/podtemplates": podTemplateRules,
  "/replicationcontrollers": replicationControllerRules,
  "/secrets": secretRules,
  "/services": serviceRules,
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": webhookRules,
  "admissionregistration.k8s.io/validatingadmissionpolicies": countedRules,
  "admissionregistration.k8s.io/validatingadmissionpolicybindings": countedRules,
  "admissionregistration.k8s.io/validatingwebhookconfigurations": webhookRules,
  "apiextensions.k8s.io/customresourcedefinitions": definitionRules,
  "apiregistration.k8s.io/apiservices": apiServiceRules,
  "apps/daemonsets": daemonSetRules,
  "apps/deployments": deploymentRules,
  "apps/replicasets": replicaSetRules,
  "apps/statefulsets": statefulSetRules,
  "autoscaling/horizontalpodautoscalers": scalerRules,
  "batch/cronjobs": cronJobRules,
  "batch/jobs": jobRules,
  "discovery.k8s.io/endpointslices": endpointSliceRules,
  "networking.k8s.io/ingressclasses": ingressClassRules,
  "networking.k8s.io/ingresses": ingressRules,
  "networking.k8s.io/networkpolicies": networkPolicyRules,
  "policy/poddisruptionbudgets": budgetRules,
  "rbac.authorization.k8s.io/clusterrolebindings": clusterRoleBindingRules,
  "rbac.authorization.k8s.io/clusterroles": clusterRoleRules,
  "rbac.authorization.k8s.io/rolebindings": roleBindingRules,
  "rbac.authorization.k8s.io/roles": roleRules,
  "scheduling.k8s.io/priorityclasses": priorityClassRules,
  "storage.k8s.io/storageclasses": storageClassRules,
};

const NONE: Rules = {};

/** Returns the rules of a resource; empty for kinds without rules. */
export function rulesOf(storage: string): Rules {
  return TABLE[storage] ?? NONE;
}
