/**
 * The permissions that a user must have to write a role or a binding.
 *
 * The API server does not let a user grant more than the user has: the user must hold every permission of a role, or may
 * `escalate`; and every permission of a role that a binding names, or may `bind` it. Holding the permissions is less than
 * `escalate`, so that is asked for, except where a role selects others by labels.
 *
 * Source: Kubernetes, `pkg/registry/rbac`.
 *
 * @module
 */
import { isObject, type ResourceInfo, type Right } from "../../kube/mod.ts";

const RBAC = "rbac.authorization.k8s.io";

/** Returns the rights that writing `info` needs besides the write itself; none for other kinds. */
export function permissionsIn(info: ResourceInfo): Right[] {
  const { group, kind, plural } = info.resource;
  if (group !== RBAC) return [];
  if (kind === "Role" || kind === "ClusterRole") {
    // The server collects the rules of an aggregated role later, so they cannot be held now.
    if (isObject(info.object.aggregationRule)) {
      return [{ verb: "escalate", group: RBAC, resource: plural, namespace: "" }];
    }
    return list(info.object.rules).filter(isObject).flatMap((rule) => rightsOfRule(rule, info.namespace));
  }
  return kind === "RoleBinding" || kind === "ClusterRoleBinding" ? bindingRights(info) : [];
}

/** Returns the right to bind the role that a binding names. */
function bindingRights({ object, namespace }: ResourceInfo): Right[] {
  const role = isObject(object.roleRef) ? object.roleRef : {};
  const resource = role.kind === "Role" ? "roles" : "clusterroles";
  return [{ verb: "bind", group: RBAC, resource, namespace, name: text(role.name) }];
}

/**
 * Returns the rights that make the given bindings unnecessary to `bind`: a user who holds all permissions of a role may bind
 * it. Removes from `rights` the binding of each role that the same operation writes.
 *
 * @param roles The roles that are written.
 */
export function withoutHeldBindings(rights: readonly Right[], roles: readonly ResourceInfo[]): Right[] {
  const held = roles.filter(({ object }) => !isObject(object.aggregationRule));
  return rights.filter(({ verb, group, resource, namespace, name }) => {
    if (verb !== "bind" || group !== RBAC) return true;
    return !held.some((role) =>
      role.resource.plural === resource && role.name === name &&
      (role.namespace === "" || role.namespace === namespace)
    );
  });
}

/** Returns the rights of one rule of a role in `namespace`; empty: of a ClusterRole. */
export function rightsOfRule(rule: Readonly<Record<string, unknown>>, namespace: string): Right[] {
  const verbs = texts(rule.verbs);
  const names = texts(rule.resourceNames);
  const objects = texts(rule.apiGroups).flatMap((group) =>
    texts(rule.resources).flatMap((resource) =>
      (names.length === 0 ? [undefined] : names).map((name) => ({ group, resource, namespace, name }))
    )
  );
  const urls = texts(rule.nonResourceURLs).map((url) => ({ group: "", resource: "", namespace: "", url }));
  return [...objects, ...urls].flatMap((what) => verbs.map((verb): Right => ({ verb, ...what })));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === "string");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
