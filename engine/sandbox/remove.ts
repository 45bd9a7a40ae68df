/**
 * The verbs delete and deletecollection.
 *
 * Owners, finalizers and grace periods decide whether an object is removed at once or only marked;
 * `controllers/garbage.ts` does the rest.
 *
 * Source: `apiserver/pkg/registry/rest/delete.go` and `generic/registry/store.go`.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { mediaType } from "./body.ts";
import { answer, type Call, checkDryRun, isDryRun, kindNamed, named, stored, transaction } from "./call.ts";
import { at, type Json, listOf, mapOf, mapsOf, textOf } from "./json.ts";
import { isFinished, keyOf, type Machine, metaOf, purgeObject, replaceObject, timestamp } from "./machine.ts";
import { answerObject, readAccept, send, shapedList } from "./negotiate.ts";
import { collection, wanted } from "./read.ts";
import { CRDS } from "./registry.ts";
import { ApiError, badRequest, conflict, forbidden, notFound } from "./status.ts";

/** The finalizer that holds a definition until its objects are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** The options of a deletion. */
export interface RemoveOptions {
  readonly propagation: "Background" | "Foreground" | "Orphan" | "";
  readonly graceSeconds: number | undefined;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly dryRun: boolean;
}

// `immortalNamespaces` of the admission plugin NamespaceLifecycle.
const NAMESPACES_KEPT = ["default", "kube-system", "kube-public"];

async function readOptions(call: Call): Promise<RemoveOptions> {
  const text = call.request.body ?? "";
  let body: Json = {};
  if (text.trim() !== "") {
    try {
      if (mediaType(call.request.contentType) === "application/yaml") {
        const { decodeYaml } = await import("../lang/yaml/mod.ts");
        body = mapOf(decodeYaml(text));
      } else body = mapOf(parseJson(text));
    } catch {
      throw badRequest("couldn't get version/kind; json parse error: invalid JSON");
    }
  }
  const { query } = call;
  const grace = body["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds") ?? undefined;
  const orphan = body["orphanDependents"] ?? query.get("orphanDependents") ?? undefined;
  const given = textOf(body["propagationPolicy"] ?? query.get("propagationPolicy"));
  if (given !== "" && !["Background", "Foreground", "Orphan"].includes(given)) {
    throw new ApiError(
      422,
      "Invalid",
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(given)}: ` +
        'supported values: "Foreground", "Background", "Orphan", "nil"',
      {
        group: "meta.k8s.io",
        kind: "DeleteOptions",
        causes: [{
          reason: "FieldValueNotSupported",
          message: `Unsupported value: ${JSON.stringify(given)}: supported values: "Foreground", "Background", ` +
            '"Orphan", "nil"',
          field: "propagationPolicy",
        }],
      },
    );
  }
  checkDryRun("DELETE", listOf(body["dryRun"]));
  // `orphanDependents` is the older field; it counts only where the newer one is absent.
  const propagation = given !== ""
    ? given
    : orphan === undefined
    ? ""
    : String(orphan) === "true"
    ? "Orphan"
    : "Background";
  return {
    propagation: propagation as RemoveOptions["propagation"],
    graceSeconds: grace === undefined || grace === null ? undefined : Number(grace),
    uid: textOf(at(body, "preconditions", "uid")),
    resourceVersion: textOf(at(body, "preconditions", "resourceVersion")),
    dryRun: isDryRun(call) || listOf(body["dryRun"]).includes("All"),
  };
}

/**
 * Kinds whose dependents stay when the client says nothing (`DefaultGarbageCollectionPolicy` of
 * their strategies).
 */
const ORPHANING = ["batch/jobs", "/replicationcontrollers"];

/**
 * Refuses a deletion whose uid or version is not the object's. Clients use it to delete just the
 * object they have seen.
 */
function checkPreconditions(call: Call, object: KubeObject, options: RemoveOptions): void {
  const { uid, resourceVersion } = options;
  const meta = object.metadata ?? {};
  const name = meta.name ?? "";
  const fail = (what: string, wanted: string, found: string): ApiError =>
    conflict(
      kindNamed(call.resource),
      name,
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might ` +
        (what === "UID" ? "have been deleted and then recreated" : "have been modified"),
    );
  if (uid !== "" && uid !== meta.uid) throw fail("UID", uid, meta.uid ?? "");
  if (resourceVersion !== "" && resourceVersion !== meta.resourceVersion) {
    throw fail("ResourceVersion", resourceVersion, meta.resourceVersion ?? "");
  }
}

/**
 * Returns the grace period in seconds. Only pods that run on a node have one (`CheckGracefulDelete`
 * in `pkg/registry/core/pod/strategy.go`).
 */
function graceOf(resource: string, object: KubeObject, given: number | undefined): number {
  if (resource !== "/pods") return 0;
  if (textOf(at(object, "spec", "nodeName")) === "") return 0;
  if (["Succeeded", "Failed"].includes(textOf(at(object, "status", "phase")))) return 0;
  if (given !== undefined) return Math.max(given, 0);
  const own = at(object, "spec", "terminationGracePeriodSeconds");
  return typeof own === "number" ? own : 30;
}

/**
 * Deletes an object, or marks it when finalizers or a grace period hold it.
 *
 * @returns the object's last or marked state, and whether it is gone.
 */
export function deleteObject(
  machine: Machine,
  resource: string,
  object: KubeObject,
  options: Partial<Pick<RemoveOptions, "propagation" | "graceSeconds" | "dryRun">> = {},
): { object: KubeObject; gone: boolean } {
  const next = structuredClone(object);
  const meta = metaOf(next);
  const propagation = options.propagation || (ORPHANING.includes(resource) ? "Orphan" : "Background");
  if (resource === CRDS && meta.deletionTimestamp === undefined) {
    meta.finalizers = [...new Set([...meta.finalizers ?? [], CLEANUP])];
    const status = mapOf(next["status"]);
    const condition = {
      type: "Terminating",
      status: "True",
      lastTransitionTime: timestamp(machine),
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    };
    next["status"] = { ...status, conditions: [...mapsOf(status["conditions"]), condition] };
  }
  // `deletionFinalizersForGarbageCollection`: a policy in the request replaces the finalizers of an
  // earlier one. Without a policy they stay.
  const others = (meta.finalizers ?? []).filter((f) => f !== "orphan" && f !== "foregroundDeletion");
  const waits = options.propagation === "" || options.propagation === undefined ? meta.finalizers ?? [] : others;
  const finalizer = propagation === "Orphan" ? "orphan" : propagation === "Foreground" ? "foregroundDeletion" : "";
  const finalizers = finalizer === "" || waits.includes(finalizer) ? waits : [...waits, finalizer];
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  // A second deletion can shorten the grace period and never prolong it (`rest.BeforeDelete`).
  const grace = graceOf(resource, next, options.graceSeconds);
  if (meta.deletionTimestamp === undefined) {
    meta.deletionTimestamp = timestamp(machine, grace);
    // Definitions are deleted by another strategy, which counts no generation and has no grace
    // period.
    if (resource !== CRDS) meta.deletionGracePeriodSeconds = grace;
    if (resource !== CRDS && meta.generation !== undefined) meta.generation += 1;
  } else if (grace < (meta.deletionGracePeriodSeconds ?? 0)) {
    meta.deletionTimestamp = timestamp(machine, grace);
    meta.deletionGracePeriodSeconds = grace;
  }
  if (resource === "/namespaces") next["status"] = { ...mapOf(next["status"]), phase: "Terminating" };
  if (isFinished(next)) {
    // Watchers get the object as it was stored: the mark was never written. A dry run of a kind with
    // a grace period ends before the removal, and so answers with the mark.
    const last = options.dryRun && resource === "/pods" ? next : structuredClone(object);
    return { object: purgeObject(machine, resource, last), gone: true };
  }
  return { object: replaceObject(machine, resource, next, object), gone: false };
}

/** Deletes the object that the path names. */
export async function deleteFromPath(call: Call): Promise<Response> {
  const { machine, resource, route } = call;
  const options = await readOptions(call);
  const done = transaction(call, () => {
    const object = stored(call);
    if (object === undefined) throw notFound(named(resource), route.name);
    if (resource.storage === "/namespaces" && NAMESPACES_KEPT.includes(route.name)) {
      throw forbidden(named(resource), route.name, "this namespace may not be deleted");
    }
    checkPreconditions(call, object, options);
    return deleteObject(machine, resource.storage, object, options);
  }, options.dryRun);
  if (resource.storage === "batch/jobs" && options.propagation === "") {
    call.warnings.push(
      "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them " +
        "or set propagationPolicy=Orphan to suppress this warning",
    );
  }
  // Others than these answer with a `Status` once the object is gone.
  if (!done.gone || RETURNS_OBJECT.includes(resource.storage)) return await answerObject(call, 200, done.object);
  const details = {
    name: route.name,
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
    uid: done.object.metadata?.uid,
  };
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
  return await send(call, 200, { as: "object", version: "v1", type: "application/json" }, body);
}

/** Kinds whose storage sets `ReturnDeletedObject`. */
const RETURNS_OBJECT = [
  "/pods",
  "/services",
  "/serviceaccounts",
  "/persistentvolumeclaims",
  "/persistentvolumes",
  "/resourcequotas",
  "/podtemplates",
];

/** Deletes all objects of a collection that the query wants. */
export async function deleteCollection(call: Call): Promise<Response> {
  const { machine, resource } = call;
  const options = await readOptions(call);
  const test = wanted(call);
  const form = readAccept(call.request.accept);
  const objects = transaction(call, () => {
    const found = collection(call).filter(test);
    for (const object of found) deleteObject(machine, resource.storage, object, options);
    return found;
  }, options.dryRun);
  const more = resource.custom ? { continue: "" } : {};
  const metadata = { ...more, resourceVersion: String(machine.store.revision()) };
  return await send(call, 200, form, shapedList(call, form, objects, metadata));
}

/** Answers with a `Status` of success. */
export function success(code = 200): Response {
  return answer(code, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" });
}

/** Deletes an object by its key, when it exists and is not being deleted. For controllers. */
export function deleteByKey(
  machine: Machine,
  key: { resource: string; namespace: string; name: string },
  propagation: RemoveOptions["propagation"] = "Background",
): void {
  const object = machine.store.get(key);
  if (object !== undefined && object.metadata?.deletionTimestamp === undefined) {
    deleteObject(machine, keyOf(key.resource, object).resource, object, { propagation });
  }
}
