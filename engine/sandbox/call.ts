/**
 * One request for objects after routing: the value that every verb is called with.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import type { KubeRequest } from "../kube/mod.ts";
import type { Machine } from "./machine.ts";
import type { Resource } from "./registry.ts";
import type { ObjectRoute } from "./route.ts";
import { invalid, notSupported, type Qualified } from "./status.ts";

/** A request as the sandbox answers it. */
export interface SandboxRequest extends KubeRequest {
  /** The client's `User-Agent`; names the manager of its writes when the query does not. */
  readonly userAgent?: string | undefined;
}

/** A routed request, with all that a verb needs to answer it. */
export interface Call {
  readonly machine: Machine;
  readonly request: SandboxRequest;
  readonly resource: Resource;
  readonly route: ObjectRoute;
  readonly query: URLSearchParams;
  /** Texts for `Warning` headers, in the order they were found. */
  readonly warnings: string[];
}

/** Returns the resource as messages name it. */
export function named(resource: Resource): Qualified {
  return { group: resource.group, resource: resource.plural };
}

/** Returns the kind as messages about invalid objects name it. */
export function kindNamed(resource: Resource): Qualified {
  return { group: resource.group, resource: resource.kind };
}

/** Returns `group/version`, or the version alone for the core group. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** True if the client asks for a dry run: everything is checked, nothing is stored. */
export function isDryRun(call: Call): boolean {
  return call.query.getAll("dryRun").includes("All");
}

/** Runs a write in one transaction; that of a dry run is undone. */
export function transaction<T>(call: Call, work: () => T, dryRun = isDryRun(call)): T {
  return call.machine.store.transaction(work, { discard: dryRun });
}

/** The kinds of the options that writes take, as messages name them. */
const OPTIONS: Readonly<Record<string, string>> = {
  POST: "CreateOptions",
  PUT: "UpdateOptions",
  PATCH: "PatchOptions",
  DELETE: "DeleteOptions",
};

/** Refuses other values of `dryRun` than `All`. */
export function checkDryRun(method: string, values: readonly unknown[]): void {
  const kind = OPTIONS[method];
  if (kind === undefined || values.every((value) => value === "All")) return;
  throw invalid({ group: "meta.k8s.io", resource: kind }, "", [notSupported("dryRun", values, ["All"])]);
}

/** Returns an answer in JSON. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    // The server sets this header on every answer (`endpoints/filters/cachecontrol.go`).
    headers: { "content-type": "application/json", "cache-control": "no-cache, private", ...headers },
  });
}

/** Adds one `Warning` header per text. 299 is the only code that client-go shows. */
export function withWarningHeaders(response: Response, warnings: readonly string[]): Response {
  for (const text of warnings) response.headers.append("warning", `299 - ${JSON.stringify(text)}`);
  return response;
}

/** Returns the key of the object that the path names. */
export function target(call: Call): { resource: string; namespace: string; name: string } {
  const { resource, route } = call;
  return {
    resource: resource.storage,
    namespace: resource.namespaced ? route.namespace : "",
    name: route.name,
  };
}

/** Returns the object that the path names, in its stored version. */
export function stored(call: Call): KubeObject | undefined {
  return call.machine.store.get(target(call));
}
