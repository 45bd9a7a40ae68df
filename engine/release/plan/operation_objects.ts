/**
 * The objects of a predicted operation, each with all its states.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { KubeManifest, type KubeObject, objectPath, type PredictedWrite, type ResourceInfo } from "../../kube/mod.ts";
import type { Release } from "../../model/mod.ts";
import type { Action, ObjectId } from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { OperationSteps } from "../steps.ts";
import { documentObjects, finderOf, idOf, type ManifestObject, manifestObjects } from "./manifest_objects.ts";
import type { PredictedOperation } from "./predict_operation.ts";

/** One object with all that is known about it. */
export interface OperationObject {
  /** Its identity. */
  readonly id: ObjectId;
  /** Path on the server; empty if the server does not know the kind. */
  readonly path: string;
  /** Its place in the new manifest; absent: the manifest does not have it. */
  readonly made?: ManifestObject | undefined;
  /** Its place in the recorded manifest. */
  readonly was?: ManifestObject | undefined;
  /** In the deployed revision's manifest. */
  readonly old?: KubeObject | undefined;
  /** In the new manifest, as it is sent. */
  readonly target?: KubeObject | undefined;
  /** In the cluster; absent: it does not exist. */
  readonly live?: KubeObject | undefined;
  /** Afterwards; absent: it is gone. */
  readonly result?: KubeObject | undefined;
  /** Its fate. */
  readonly action: Action;
  /** The writes, in their order. */
  readonly writes: readonly PredictedWrite[];
  /** True if the server computed the state afterwards, or nothing is written. */
  readonly isByServer: boolean;
}

/** Returns the objects of an operation: those of the new manifest in its order, then those that go or stay. */
export async function operationObjects(
  operation: OperationSteps,
  predicted: PredictedOperation,
): Promise<OperationObject[]> {
  const { new: release, old } = operation.releases;
  const namespace = (release ?? old)?.namespace ?? "";
  const targets = release === undefined ? [] : await builtFrom(predicted, targetOf(operation, release), namespace);
  const originals = new Map<string, KubeObject>();
  for (const step of operation.steps) {
    if (step.do !== "update") continue;
    for (const { path, object } of await builtFrom(predicted, step.original, namespace)) originals.set(path, object);
  }
  const writes = Map.groupBy(predicted.writes, ({ path }) => path);
  const findRecorded = finderOf(old === undefined ? [] : manifestObjects(old.manifest, namespace));
  const named = new Set(targets.map(({ path }) => path));
  return [
    ...targets.map((built): OperationObject =>
      targetObject(built, originals.get(built.path), writes.get(built.path) ?? [], predicted)
    ),
    ...goingObjects(predicted, named, originals, namespace),
    ...keptObjects(operation, predicted, namespace),
  ].map((object) => ({ ...object, was: findRecorded(object.id) }));
}

/** Returns the manifest that is sent. */
function targetOf({ steps, known }: OperationSteps, release: Release): KubeManifest {
  for (const step of steps) {
    if (step.do === "update") return step.target;
    if (step.do === "create") return step.manifest;
  }
  return new KubeManifest(release.manifest, known);
}

/** An object of a manifest and its path. */
interface Built {
  readonly path: string;
  readonly object: KubeObject;
  readonly made: ManifestObject | undefined;
  readonly id: ObjectId;
}

/** Returns the objects of a manifest with their paths; of kinds that the server does not have, without. */
async function builtFrom({ env }: PredictedOperation, manifest: KubeManifest, namespace: string): Promise<Built[]> {
  const made = manifestObjects(manifest, namespace);
  const find = finderOf(made);
  let infos: readonly ResourceInfo[];
  try {
    infos = await env.kube.resolve(namespace, manifest, callOptions(env));
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return made.map((one) => ({ path: "", object: one.object, made: one, id: one.id }));
  }
  return infos.map(({ resource, name, namespace: place, object }) => {
    const id: ObjectId = { group: resource.group, kind: resource.kind, namespace: place, name };
    // Documents name no namespace for most objects; the manifest's finder knows the default.
    return { path: objectPath(resource, place, name), object, made: find({ ...id, namespace: place }), id };
  });
}

function targetObject(
  { path, object, made, id }: Built,
  old: KubeObject | undefined,
  writes: readonly PredictedWrite[],
  { live: seen, foreign }: PredictedOperation,
): OperationObject {
  const live = seen.get(path) ?? writes[0]?.before;
  const last = writes.at(-1);
  const result = last === undefined ? live : last.after;
  return {
    id,
    path,
    made,
    old,
    target: object,
    live,
    result,
    action: actionOf(writes, old, live, foreign !== undefined),
    writes,
    isByServer: writes.every((write) => write.isByServer),
  };
}

function actionOf(
  writes: readonly PredictedWrite[],
  old: KubeObject | undefined,
  live: KubeObject | undefined,
  refusesForeign: boolean,
): Action {
  if (writes.some(({ method }) => method === "DELETE")) return "recreate";
  if (writes.some(({ refusal }) => refusal !== undefined)) return "refused";
  if (live === undefined) return "create";
  if (old === undefined) return refusesForeign ? "refused" : "adopt";
  return writes.length === 0 ? "none" : "update";
}

/** Objects that are not in the new manifest and are written: deleted ones, and a namespace that is created. */
function goingObjects(
  { writes }: PredictedOperation,
  named: ReadonlySet<string>,
  originals: ReadonlyMap<string, KubeObject>,
  namespace: string,
): OperationObject[] {
  return writes.filter(({ path, method }) => !named.has(path) && method !== "PATCH").map((write) => {
    const object = write.before ?? write.after ?? {};
    return {
      id: idOf(object, namespace),
      path: write.path,
      old: originals.get(write.path),
      live: write.before,
      result: write.after,
      action: write.method === "DELETE" ? "delete" : "create",
      writes: [write],
      isByServer: write.isByServer || write.method === "DELETE",
    };
  });
}

/** Objects that stay because of their resource policy. */
function keptObjects(operation: OperationSteps, predicted: PredictedOperation, namespace: string): OperationObject[] {
  const told = predicted.kept.map(({ object, namespace }): ObjectId => {
    const [kind = "", name = ""] = object.split("/");
    return { group: "", kind, namespace, name };
  });
  const steps = operation.steps.flatMap((step) => step.do === "delete" ? step.keep : [])
    .flatMap(({ text }) => documentObjects(text, "", namespace)).map(({ id }) => id);
  return [...told, ...steps].map((id) => ({
    id,
    path: "",
    action: "keep",
    writes: [],
    isByServer: true,
  }));
}
