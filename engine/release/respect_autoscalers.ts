/**
 * Leaves `spec.replicas` to autoscalers: what is sent does not change the number of replicas that one of them has set.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import {
  call,
  copyJson,
  isObject,
  type JsonObject,
  KubeDocument,
  KubeManifest,
  type KubeObject,
  objectPath,
  type ResourceInfo,
} from "../kube/mod.ts";
import { encodeYaml } from "../lang/yaml/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import type { OperationSteps, Step } from "./steps.ts";

/** Identity of a scaled object: kind, namespace and name. */
type Scaled = string;

const keyOf = (kind: unknown, namespace: string, name: unknown): Scaled => `${kind}/${namespace}/${name}`;

/**
 * Returns the operation with `spec.replicas` left out of every existing object that an autoscaler scales, be it of the
 * release or not. An autoscaler that the operation deletes does not count. The recorded manifest stays as rendered.
 *
 * In mode `server-side` the current number is sent: a field that is left out would be removed where no other manager
 * has it.
 */
export async function respectAutoscalers(
  env: Environment,
  namespace: string,
  operation: OperationSteps,
): Promise<OperationSteps> {
  const steps: Step[] = [];
  for (const step of operation.steps) {
    steps.push(step.do === "update" ? await respecting(env, namespace, step) : step);
  }
  return { ...operation, steps };
}

type UpdateStep = Extract<Step, { readonly do: "update" }>;

async function respecting(env: Environment, namespace: string, step: UpdateStep): Promise<UpdateStep> {
  const infos = await env.kube.resolve(namespace, step.target, callOptions(env));
  const counted = infos.filter(({ object }) => replicasOf(object) !== undefined);
  if (counted.length === 0) return step;
  const scaled = await scaledObjects(env, namespace, step, new Set(counted.map((info) => info.namespace)));
  const kept = new Map<Scaled, unknown>();
  for (const info of counted) {
    const key = keyOf(info.resource.kind, info.namespace, info.name);
    const live = scaled.has(key) ? await liveReplicas(env, info) : undefined;
    if (live !== undefined) kept.set(key, step.apply === "server-side" ? live : undefined);
  }
  if (kept.size === 0) return step;
  const change = (manifest: KubeManifest): KubeManifest => withReplicas(manifest, namespace, kept);
  return {
    ...step,
    target: change(step.target),
    original: change(step.original),
    ...step.alsoFrom === undefined ? {} : { alsoFrom: step.alsoFrom.map(change) },
  };
}

const replicasOf = (object: KubeObject | JsonObject | undefined): unknown =>
  isObject(object?.spec) ? object.spec.replicas : undefined;

/** Returns the number of replicas that the server has; `undefined` if the object does not exist. */
async function liveReplicas(env: Environment, { resource, namespace, name }: ResourceInfo): Promise<unknown> {
  try {
    const path = objectPath(resource, namespace, name);
    return replicasOf(await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal }));
  } catch (error) {
    if (error instanceof SkegError && error.kind === "not-found") return undefined;
    throw error;
  }
}

/** Returns the objects that autoscalers of the cluster and of the new manifest scale. */
async function scaledObjects(
  env: Environment,
  namespace: string,
  { original, target }: UpdateStep,
  namespaces: ReadonlySet<string>,
): Promise<Set<Scaled>> {
  const wanted = autoscalersIn(target, namespace);
  const staying = new Set(wanted.map(nameOf));
  const going = new Set(autoscalersIn(original, namespace).map(nameOf).filter((name) => !staying.has(name)));
  const live = (await Promise.all([...namespaces].map((one) => autoscalersOf(env, one)))).flat();
  const found = [...wanted, ...live.filter((one) => !going.has(nameOf(one)))];
  return new Set(found.map(({ object, namespace: place }) => {
    const ref = isObject(object.spec) && isObject(object.spec.scaleTargetRef) ? object.spec.scaleTargetRef : {};
    return keyOf(ref.kind, place, ref.name);
  }));
}

/** An autoscaler. */
interface Autoscaler {
  readonly namespace: string;
  readonly object: JsonObject;
}

const KIND = "HorizontalPodAutoscaler";
const nameOf = ({ namespace, object }: Autoscaler): string =>
  `${namespace}/${isObject(object.metadata) ? object.metadata.name : ""}`;

function autoscalersIn(manifest: KubeManifest, namespace: string): Autoscaler[] {
  return manifest.documents.flatMap((document) => {
    try {
      return objectsIn(document.data);
    } catch {
      return []; // resolving has reported it
    }
  }).filter(({ kind }) => kind === KIND).map((object) => ({ object, namespace: placeOf(object, namespace) }));
}

function placeOf({ metadata }: JsonObject, namespace: string): string {
  const given = isObject(metadata) ? metadata.namespace : undefined;
  return typeof given === "string" && given !== "" ? given : namespace;
}

function objectsIn(data: unknown): JsonObject[] {
  if (!isObject(data)) return [];
  return Array.isArray(data.items) && String(data.kind).endsWith("List") ? data.items.flatMap(objectsIn) : [data];
}

/** Reads the autoscalers of a namespace, in the newest version that the server has. */
async function autoscalersOf(env: Environment, namespace: string): Promise<Autoscaler[]> {
  for (const version of ["v2", "v1"]) {
    const path = `/apis/autoscaling/${version}/namespaces/${encodeURIComponent(namespace)}/horizontalpodautoscalers`;
    try {
      const { items } = await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal });
      return (Array.isArray(items) ? items.filter(isObject) : []).map((object) => ({ namespace, object }));
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
    }
  }
  return [];
}

/** Returns the manifest with other numbers of replicas; `undefined` removes the field. */
function withReplicas(manifest: KubeManifest, namespace: string, kept: ReadonlyMap<Scaled, unknown>): KubeManifest {
  return manifest.with(manifest.documents.map((document) => {
    let data: unknown;
    try {
      data = document.data;
    } catch {
      return document;
    }
    const isMeant = ({ kind, metadata, spec }: JsonObject, place: string): boolean =>
      isObject(spec) && spec.replicas !== undefined &&
      kept.has(keyOf(kind, place, isObject(metadata) ? metadata.name : ""));
    if (!objectsIn(data).some((object) => isMeant(object, placeOf(object, namespace)))) return document;
    const copy = copyJson(data) as JsonObject;
    for (const object of objectsIn(copy)) {
      const place = placeOf(object, namespace);
      if (!isMeant(object, place) || !isObject(object.spec)) continue;
      const count = kept.get(keyOf(object.kind, place, isObject(object.metadata) ? object.metadata.name : ""));
      if (count === undefined) delete object.spec.replicas;
      else object.spec.replicas = count;
    }
    // The comment names the template, for the reasons in a plan.
    const comments = document.text.split("\n").filter((line) => line.startsWith("# Source: "));
    return new KubeDocument([...comments, encodeYaml(copy)].join("\n"));
  }));
}
