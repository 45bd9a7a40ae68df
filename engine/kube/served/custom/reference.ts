import { placesOf } from "../places.ts";
import { fieldOf } from "../plain.ts";
import { successorOf } from "../successor.ts";
import type { Work } from "../work.ts";

/** Kinds whose empty `apiVersion` meant `extensions` or `apps`. */
const WORKLOADS = ["Deployment", "ReplicaSet", "StatefulSet"];

/**
 * Maps the `apiVersion` of a reference to another object. A removed one is mapped by the table, as no
 * controller can resolve it; for workloads an absent one is filled in, as current servers refuse its absence
 * on creation.
 */
export function reference(work: Work, path: string): void {
  const { isServed } = work.options;
  for (const { parent, key, path: place } of placesOf(work, path)) {
    const kind = fieldOf(parent, "kind");
    const apiVersion = fieldOf(parent, key) ?? "";
    if (typeof kind !== "string" || typeof apiVersion !== "string") continue;
    if (apiVersion === "") {
      if (!WORKLOADS.includes(kind) || !isServed("apps/v1", kind)) continue;
      parent[key] = "apps/v1";
      work.changes.push(`${place}: apps/v1 is written`);
      continue;
    }
    const next = successorOf(apiVersion, kind, isServed);
    if (typeof next === "string" || !("apiVersion" in next) || next.apiVersion === apiVersion) continue;
    parent[key] = next.apiVersion;
    work.changes.push(`${place}: ${apiVersion} becomes ${next.apiVersion}`);
  }
}
