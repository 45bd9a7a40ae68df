/**
 * Deletes objects for a repair: each only as it was seen, in the background.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { inKindOrder, UNINSTALL_ORDER } from "../../chart/render/mod.ts";
import { call, objectPath, readObject, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { describeObject } from "../object_names.ts";
import type { ObjectDeletion, RepairChange } from "./repair.ts";
import { messageOf } from "../../base/mod.ts";

/** Kinds whose deletion loses more than the object; they are deleted only if each is named. */
const PRECIOUS: ReadonlySet<string> = new Set([
  "Namespace",
  "CustomResourceDefinition",
  "PersistentVolume",
  "PersistentVolumeClaim",
]);

/** True for kinds that are deleted only if the object is named. */
export function isPrecious({ resource }: ResourceInfo): boolean {
  return PRECIOUS.has(resource.kind);
}

/** True if `named` has the object, as `KIND/NAME`. */
export function isNamed({ resource, name }: ResourceInfo, named: readonly string[] = []): boolean {
  return named.some((one) => one.toLowerCase() === `${resource.kind}/${name}`.toLowerCase());
}

/** Returns deletions in the order in which Tiller deletes kinds. */
export function inOrderOfDeletion(deletions: readonly ObjectDeletion[]): ObjectDeletion[] {
  const manifests = deletions.map((one, index) => ({
    kind: one.info.resource.kind,
    path: String(index).padStart(8, "0"),
    text: "",
    one,
  }));
  return inKindOrder(manifests, UNINSTALL_ORDER).map(({ one }) => one);
}

/** Returns a deletion as a change of a report, with the object's age. */
export function deletionChange({ info, object, record, reason }: ObjectDeletion, nowSeconds: number): RepairChange {
  const created = Date.parse(String(object.metadata?.["creationTimestamp"] ?? "")) / 1000;
  const age = Number.isNaN(created) ? "of unknown age" : `${ageText(Math.max(0, nowSeconds - created))} old`;
  return { record, subject: describeObject(info), before: age, after: "deleted", details: [reason] };
}

const UNITS: readonly (readonly [seconds: number, unit: string])[] = [
  [365 * 86_400, "year"],
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

function ageText(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= 2 * size) ?? [1, "second"];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Deletes objects in order. One that was modified since it was read stops the repair. */
export async function deleteObjects(
  env: Environment,
  deletions: readonly ObjectDeletion[],
  backup: string,
): Promise<void> {
  for (const [index, deletion] of deletions.entries()) {
    const { info } = deletion;
    try {
      env.signal?.throwIfAborted();
      await deleteOne(env, deletion);
    } catch (error) {
      const done = `${index} of ${deletions.length} objects ${
        index === 1 ? "was" : "were"
      } deleted; the backup is ${backup}`;
      const kind = env.signal?.aborted ? "aborted" : error instanceof SkegError ? error.kind : "kube";
      const what = kind === "conflict"
        ? `${describeObject(info)} was modified by another client since it was read`
        : `cannot delete ${describeObject(info)}: ${messageOf(error)}`;
      const own = error instanceof SkegError && kind !== "conflict" ? error.hint : undefined;
      throw new SkegError(kind, `${what}. ${done}`, {
        cause: error,
        hint: own ?? "Check the preview, then run the repair again: it continues with the remaining objects.",
      });
    }
    env.report({
      type: "object",
      progress: { verb: "delete", object: `${info.resource.kind}/${info.name}`, namespace: info.namespace, detail: "" },
    });
  }
}

async function deleteOne(env: Environment, { info, object }: ObjectDeletion): Promise<void> {
  const { resource, namespace, name } = info;
  const { uid, resourceVersion } = object.metadata ?? {};
  const body = JSON.stringify({
    kind: "DeleteOptions",
    apiVersion: "v1",
    propagationPolicy: "Background",
    preconditions: { uid, resourceVersion },
  });
  const { transport } = env.kube.cluster;
  const { signal } = callOptions(env);
  try {
    await call(transport, { method: "DELETE", path: objectPath(resource, namespace, name), body, signal });
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 404) return;
    if (error.status !== 409) throw error;
    // A request that was sent twice finds its own work: an object with a finalizer is marked, and stays for now.
    const live = await readObject(transport, info, callOptions(env)).catch(() => undefined);
    const isOwn = live?.metadata?.["uid"] === uid && live?.metadata?.["deletionTimestamp"] !== undefined;
    if (!isOwn) throw error;
  }
}
