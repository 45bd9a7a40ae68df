/**
 * The verbs delete and deletecollection.
 *
 * Source: `apiserver/pkg/endpoints/handlers/delete.go`.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { mediaType } from "./body.ts";
import { answer, type Call, checkDryRun, isDryRun, kindNamed, named, stored, transaction } from "./call.ts";
import { deleteObject, type RemoveOptions } from "./deleting.ts";
import { at, type Json, listOf, mapOf, textOf } from "./json.ts";
import { answerObject, readAccept, send, shapedList } from "./negotiate.ts";
import { collection, wanted } from "./read.ts";
import { ApiError, badRequest, conflict, forbidden, notFound } from "./status.ts";

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
  if (!done.gone || machine.traits(resource.storage).answersDeleted) return await answerObject(call, 200, done.object);
  const details = {
    name: route.name,
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
    uid: done.object.metadata?.uid,
  };
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
  return await send(call, 200, { as: "object", version: "v1", type: "application/json" }, body);
}

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
