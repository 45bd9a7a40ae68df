/**
 * Namespaces: the objects that each one gets, and how one is deleted.
 *
 * Source: `pkg/controller/serviceaccount`, `pkg/controller/certificates/rootcacertpublisher` and
 * `pkg/controller/namespace/deletion`.
 *
 * @module
 */
import { at, mapOf } from "../json.ts";
import { type Controller, createObject, editObject, type Happening, type Machine } from "../machine.ts";
import { deleteByKey } from "../deleting.ts";

/** The text in `kube-root-ca.crt` until the sandbox is served over HTTPS. */
function placeholderAuthority(): string {
  return "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
}

/** Gives namespaces their objects, and empties those that are deleted. */
export const namespaceController: Controller = {
  name: "namespace",
  interest({ key, after }: Happening, machine: Machine): string[] {
    if (key.resource === "/namespaces") return after === undefined ? [] : [key.name];
    if (after !== undefined || key.namespace === "") return [];
    // The objects that every namespace has are made again when they are deleted. In a namespace
    // that is being deleted, every object that goes may be the last.
    const own = (key.resource === "/serviceaccounts" && key.name === "default") ||
      (key.resource === "/configmaps" && key.name === "kube-root-ca.crt");
    const space = machine.store.get({ resource: "/namespaces", namespace: "", name: key.namespace });
    return own || space?.metadata?.deletionTimestamp !== undefined ? [key.namespace] : [];
  },
  reconcile(machine: Machine, name: string): void {
    const key = { resource: "/namespaces", namespace: "", name };
    const space = machine.store.get(key);
    if (space === undefined) return;
    if (space.metadata?.deletionTimestamp === undefined) return equip(machine, name);
    // One pass over everything. Objects with finalizers stay, and wake this controller when they
    // go.
    const resources = machine.store.resourcesIn(name);
    for (const resource of resources) {
      for (const object of machine.store.list(resource, { namespace: name })) {
        deleteByKey(machine, { resource, namespace: name, name: object.metadata?.name ?? "" });
      }
    }
    if (machine.store.resourcesIn(name).length > 0) return;
    editObject(machine, key, (next) => {
      // `spec.finalizers` is a second list beside `metadata.finalizers`. The namespace is gone when
      // both are empty.
      if (at(next, "spec", "finalizers") !== undefined) delete mapOf(next["spec"])["finalizers"];
    });
  },
};

/** Makes the objects that every namespace has. */
export function equip(machine: Machine, namespace: string): void {
  const has = (resource: string, name: string): boolean =>
    machine.store.get({ resource, namespace, name }) !== undefined;
  if (!has("/serviceaccounts", "default")) {
    createObject(machine, "/serviceaccounts", {
      kind: "ServiceAccount",
      apiVersion: "v1",
      metadata: { name: "default", namespace },
    });
  }
  if (!has("/configmaps", "kube-root-ca.crt")) {
    createObject(machine, "/configmaps", {
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata: {
        name: "kube-root-ca.crt",
        namespace,
        annotations: { "kubernetes.io/description": "Certificates that the sandbox's own server is checked against." },
      },
      data: { "ca.crt": machine.store.fact("ca") ?? placeholderAuthority() },
    });
  }
}
