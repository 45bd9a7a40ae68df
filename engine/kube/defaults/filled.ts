/**
 * Fills in the result of a write that is predicted here.
 *
 * @module
 */
import { asObject, asText, copyJson, isObject, type JsonObject } from "../../base/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { defaultsOf } from "./table.ts";

/**
 * Returns the result of a write as the server would store it: with its defaults.
 *
 * The server has filled in the live object. A default that is missing there is one that this server, or this version of the
 * API, does not have; it is left out of the result, too.
 *
 * @param result Not changed. Of a kind that the table does not have: returned as it is.
 * @param live The object before the write.
 *
 * @example A new container gets its defaults, and nothing that the server does not know
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const service = (ports: unknown[]) => ({ apiVersion: "v1", kind: "Service", spec: { type: "ClusterIP", sessionAffinity: "None", ports } });
 * const live = service([{ port: 80, targetPort: 80, protocol: "TCP" }]);
 * deepEqual(JSON.parse(JSON.stringify(withDefaults(service([{ port: 81 }]), live))).spec, {
 *   type: "ClusterIP",
 *   sessionAffinity: "None",
 *   ports: [{ port: 81, protocol: "TCP", targetPort: 81 }],
 * });
 * ```
 */
export function withDefaults(result: KubeObject, live: KubeObject): KubeObject {
  const fill = defaultsOf(asText(result.apiVersion), asText(result.kind));
  if (fill === undefined) return result;
  const [full, had] = [copyJson(result), copyJson(live)] as [JsonObject, JsonObject];
  fill(full);
  fill(had);
  const unknown = new Set<string>();
  added(live, had, "", (path) => unknown.add(path));
  added(result, full, "", (path, parent, key) => {
    if (unknown.has(path)) delete parent[key];
  });
  return full as KubeObject;
}

/** Called with a field that only the second value has: its path, with `*` for the items of lists, and where it is. */
type VisitAdded = (path: string, parent: JsonObject, key: string) => void;

function added(before: unknown, after: unknown, path: string, visit: VisitAdded): void {
  if (Array.isArray(after)) {
    const items = Array.isArray(before) ? before : [];
    after.forEach((item, at) => added(items[at], item, `${path}/*`, visit));
    return;
  }
  if (!isObject(after) || before !== undefined && !isObject(before)) return;
  const fields = asObject(before);
  for (const [key, value] of Object.entries(after)) {
    const here = `${path}/${key}`;
    if ((fields[key] ?? undefined) === undefined) visit(here, after, key);
    else added(fields[key], value, here, visit);
  }
}
