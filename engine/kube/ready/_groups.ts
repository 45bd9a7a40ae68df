/**
 * The API groups of Kubernetes itself.
 *
 * @module
 */

/** Groups that Kubernetes has or had. Other groups under `k8s.io`, such as the Gateway API's, are custom resources. */
const GROUPS = new Set([
  "",
  "apps",
  "autoscaling",
  "batch",
  "extensions",
  "policy",
  ...[
    "admissionregistration",
    "apiextensions",
    "apiregistration",
    "auditregistration",
    "authentication",
    "authorization",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "flowcontrol.apiserver",
    "imagepolicy",
    "internal.apiserver",
    "networking",
    "node",
    "rbac.authorization",
    "resource",
    "scheduling",
    "settings",
    "storage",
    "storagemigration",
  ].map((name) => `${name}.k8s.io`),
]);

/** True if objects of the group are not custom resources. */
export function isBuiltInGroup(group: string): boolean {
  return GROUPS.has(group);
}
