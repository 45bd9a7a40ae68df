/**
 * Reads a request's path: objects, discovery, or others.
 *
 * Source: `apiserver/pkg/endpoints/request/requestinfo.go`.
 *
 * @module
 */

/** A request for objects. */
export interface ObjectRoute {
  readonly group: string;
  readonly version: string;
  /** Empty when the path names none. */
  readonly namespace: string;
  readonly plural: string;
  /** Empty for collections. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** The path after the subresource, such as that of a proxy. */
  readonly rest: string;
}

/** The parts of a request's path. */
export type Route =
  | { readonly to: "objects"; readonly route: ObjectRoute }
  | { readonly to: "discovery"; readonly group: string; readonly version: string }
  | { readonly to: "groups"; readonly core: boolean }
  | { readonly to: "group"; readonly group: string }
  | { readonly to: "other"; readonly path: string };

/** Reads a path such as `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export function readRoute(path: string): Route {
  // Empty parts do not count: `/api/` and `/api` are the same path.
  const parts = path.split("/").filter((part) => part !== "").map(decodePart);
  if (parts[0] === "api") {
    if (parts.length === 1) return { to: "groups", core: true };
    if (parts.length === 2) return { to: "discovery", group: "", version: parts[1] ?? "" };
    return { to: "objects", route: readObject("", parts[1] ?? "", parts.slice(2)) };
  }
  if (parts[0] === "apis") {
    const [, group = "", version = ""] = parts;
    if (parts.length === 1) return { to: "groups", core: false };
    if (parts.length === 2) return { to: "group", group };
    if (parts.length === 3) return { to: "discovery", group, version };
    return { to: "objects", route: readObject(group, version, parts.slice(3)) };
  }
  return { to: "other", path };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A broken escape is the name of nothing, which ends as not found.
    return part;
  }
}

function readObject(group: string, version: string, parts: string[]): ObjectRoute {
  let namespace = "";
  let own = parts;
  if (parts[0] === "namespaces" && parts.length > 1) {
    namespace = parts[1] ?? "";
    // A namespace's own subresources are the only paths where what follows its name is not a resource.
    const isOwn = parts.length === 2 || (parts.length === 3 && ["status", "finalize"].includes(parts[2] ?? ""));
    if (!isOwn) own = parts.slice(2);
    else namespace = "";
  }
  const [plural = "", name = "", subresource = "", ...rest] = own;
  return { group, version, namespace, plural, name, subresource, rest: rest.join("/") };
}
