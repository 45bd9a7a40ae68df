/**
 * Paths of the API server's objects.
 *
 * @module
 */
import type { ApiResource } from "./types.ts";

/** Returns the path of a group version: `/api/v1` or `/apis/GROUP/VERSION`. */
export function versionPath(group: string, version: string): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** Returns the path of a resource's objects in `namespace`, or in the whole cluster. */
export function collectionPath(resource: ApiResource, namespace: string): string {
  const base = versionPath(resource.group, resource.version);
  const inside = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${inside}/${resource.plural}`;
}

/** Returns the path of one object. */
export function objectPath(resource: ApiResource, namespace: string, name: string): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

/** Returns a query, `?` included, with the entries that have a value; empty when none has. */
export function query(entries: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined && value !== "");
  if (given.length === 0) return "";
  return `?${given.map(([key, value]) => `${key}=${encodeURIComponent(value ?? "")}`).join("&")}`;
}

/** Returns `v1` or `apps/v1`. */
export function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

const METHOD_VERBS: Readonly<Record<string, string>> = {
  GET: "read",
  POST: "create",
  PUT: "write",
  PATCH: "patch",
  DELETE: "delete",
};

/**
 * Describes a request: `read configmaps "web.v1" in "kube-system"`. For messages about requests without an
 * answer.
 */
export function describeRequest(method: string, path: string): string {
  const verb = METHOD_VERBS[method] ?? method;
  const parts = (path.split("?", 1)[0] ?? "").split("/").filter((part) => part !== "").map(decodeURIComponent);
  const rest = parts[0] === "api" ? parts.slice(2) : parts[0] === "apis" ? parts.slice(3) : undefined;
  if (rest === undefined || rest.length === 0) return `${verb} /${parts.join("/")}`;
  const [first = "", name = "", plural, item] = rest;
  if (first === "namespaces" && plural !== undefined) {
    return `${verb} ${plural}${item === undefined ? "" : ` "${item}"`} in "${name}"`;
  }
  return `${verb} ${first}${name === "" ? "" : ` "${name}"`}`;
}
