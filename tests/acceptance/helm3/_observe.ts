/**
 * Classes of what a Helm upgrade did to live objects, from its requests in the API server's audit log, and the objects before and after.
 *
 * @module
 */
import { readFileSync, statSync } from "node:fs";
import { isObject, type KubeObject } from "../../../engine/kube/mod.ts";

/** A request of the audit log. */
export interface AuditedRequest {
  readonly verb: string;
  /** Such as `deployments.apps/shop/web`. */
  readonly key: string;
  /** Of the answer. */
  readonly status: number;
  /** The server's message; empty without one. */
  readonly message: string;
}

/** Classes of what happened, the harmless ones first. */
export const OBSERVED = [
  "nothing",
  "metadata",
  "spec",
  "restarts",
  "drift",
  "creates-removes",
  "blocked",
] as const;

/** A class of what happened to an object. */
export type ObservedClass = typeof OBSERVED[number];

/** Returns the size of the audit log: what comes later is new. */
export function auditMark(log: string): number {
  return statSync(log).size;
}

/** Returns the changing requests that programs with this user agent have sent since a mark; dry runs are left out. */
export function auditedSince(log: string, mark: number, agent: RegExp): AuditedRequest[] {
  const text = new TextDecoder().decode(readFileSync(log).subarray(mark));
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)).flatMap((entry) => {
    const { verb, userAgent = "", requestURI = "", objectRef = {}, responseStatus = {}, stage } = entry;
    if (stage !== "ResponseComplete" || !agent.test(userAgent)) return [];
    if (!/^(create|update|patch|delete|deletecollection)$/.test(verb) || /[?&]dryRun=/.test(requestURI)) return [];
    const { resource = "", apiGroup = "", namespace = "", name = "" } = objectRef;
    return [{
      verb,
      key: objectKey(resource, apiGroup, namespace, name),
      status: Number(responseStatus.code ?? 0),
      message: String(responseStatus.message ?? ""),
    }];
  });
}

/** Returns the key of an object: resource and group, namespace, name. */
export function objectKey(resource: string, group: string, namespace: string, name: string): string {
  return `${resource}${group === "" ? "" : `.${group}`}/${namespace}/${name}`;
}

/** An object before and after, and what the record before said about it. */
export interface Watched {
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
  /** In the manifest of the record that Helm started from; absent: not in it. */
  readonly recorded: KubeObject | undefined;
}

/** Returns the class of what happened to an object. */
export function observedClass(
  { before, after, recorded }: Watched,
  requests: readonly AuditedRequest[],
): ObservedClass {
  // A conflict is tried again by Helm; the last answer counts.
  const last = requests.at(-1);
  if (last !== undefined && last.status >= 400) return "blocked";
  if ((before === undefined) !== (after === undefined)) return "creates-removes";
  if (before === undefined || after === undefined) return "nothing";
  if (before.metadata?.uid !== after.metadata?.uid) return "creates-removes";
  const changed = changedPaths(content(before), content(after));
  if (changed.length === 0) return "nothing";
  const isDrift = changed.some((path) => {
    const named = valueAt(recorded, path);
    return named !== undefined && !isObject(named) && !Array.isArray(named) &&
      String(named) !== String(valueAt(before, path));
  });
  if (isDrift) return "drift";
  const { paused, updateStrategy } = (after.spec ?? {}) as { paused?: boolean; updateStrategy?: { type?: string } };
  // Otherwise pods keep running until they are deleted.
  const isRolled = paused !== true && updateStrategy?.type !== "OnDelete";
  const isTemplate = isRolled && /^(Deployment|StatefulSet|DaemonSet)$/.test(String(after.kind)) &&
    changed.some(([first, second]) => first === "spec" && second === "template");
  // Pods stay where the controller waits for their deletion.
  const waits = valueAt(after, ["spec", "updateStrategy", "type"]) === "OnDelete" ||
    valueAt(after, ["spec", "paused"]) === true;
  if (isTemplate && !waits) return "restarts";
  return changed.every(([first]) => first === "metadata") ? "metadata" : "spec";
}

/** Returns the paths of the fields that differ, for a person. */
export function changedFields({ before, after }: Watched): string[] {
  if (before === undefined || after === undefined) return [];
  return changedPaths(content(before), content(after)).map((path) => path.join("."));
}

/** Parts of an object that the server writes itself. */
const SERVER = new Set(["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"]);

function content(object: KubeObject): unknown {
  const { status: _, metadata = {}, ...rest } = object;
  const kept = Object.entries(metadata).filter(([key]) => !SERVER.has(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

type Path = readonly (string | number)[];

function changedPaths(a: unknown, b: unknown, at: Path = []): Path[] {
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, index) => changedPaths(a[index], b[index], [...at, index])).flat();
  }
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => changedPaths(a[key], b[key], [...at, key]));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [at];
}

function valueAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[String(part)] : undefined,
    object,
  );
}
