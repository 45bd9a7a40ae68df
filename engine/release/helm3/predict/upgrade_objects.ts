/**
 * The objects of an upgrade by Helm 3, each with the write that Helm 3 would send. Sends reads and dry runs only.
 *
 * Source: Helm 3.22.0, `pkg/action/upgrade.go` (`performUpgrade`), `pkg/action/validate.go`, `pkg/kube/client.go` (`update`,
 * `createPatch`), `pkg/kube/resource.go` (`isMatchingInfo`).
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { inPool } from "../../../base/mod.ts";
import {
  call,
  createThreeWayPatch,
  groupVersion,
  hasMergeSchema,
  isObject,
  jsonMergePatch,
  type JsonObject,
  KubeManifest,
  type KubeObject,
  objectPath,
  type PredictedWrite,
  type Prediction,
  predictWrites,
  type ResourceInfo,
  send,
  stringifyJson,
  UnknownKindError,
  unknownKinds,
} from "../../../kube/mod.ts";
import { callOptions } from "../../_calls.ts";
import type { Environment } from "../../environment.ts";
import { hasDryRuns } from "../../plan/predict_operation.ts";
import type { ObjectAddress } from "../plan_types.ts";

/** Label of Helm 3's objects. */
export const MANAGED_BY = "app.kubernetes.io/managed-by";
/** Annotation with the name of the release. */
export const RELEASE_NAME = "meta.helm.sh/release-name";
/** Annotation with the namespace of the release. */
export const RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";
const RESOURCE_POLICY = "helm.sh/resource-policy";

/** Requests at the same time. */
const REQUESTS_MAX = 8;

/** The fate of an object. */
export type UpgradeAction = "create" | "patch" | "remove" | "keep" | "foreign" | "unknown";

/** One object of the upgrade. */
export interface UpgradeObject {
  readonly id: ObjectAddress;
  readonly action: UpgradeAction;
  /** In the record. */
  readonly old?: KubeObject | undefined;
  /** In the new manifest, with the marks of Helm 3. */
  readonly target?: KubeObject | undefined;
  /** In the new manifest, as rendered. */
  readonly rendered?: KubeObject | undefined;
  /** In the cluster; absent: it does not exist. */
  readonly live?: KubeObject | undefined;
  /** Afterwards; absent: it does not exist, or it is not known. */
  readonly result?: KubeObject | undefined;
  /** The write; absent: none is sent. */
  readonly write?: PredictedWrite | undefined;
  /** Why nothing can be said about it, such as a missing right to read. */
  readonly problem?: string | undefined;
}

/** The input of {@linkcode upgradeObjects}. */
export interface UpgradeManifests {
  /** Name and namespace of the release. */
  readonly release: { readonly name: string; readonly namespace: string };
  /** The manifest in Helm 3's record. */
  readonly old: string;
  /** The rendered manifest. */
  readonly target: string;
  /** Objects that carry Helm 3's marks, or will before the upgrade. */
  readonly adopted: readonly ObjectAddress[];
}

/** Returns the objects of the new manifest in its order, then those that the record has alone. */
export async function upgradeObjects(env: Environment, manifests: UpgradeManifests): Promise<UpgradeObject[]> {
  const { transport } = env.kube.cluster;
  const prediction = predictWrites(transport, { canDryRun: await hasDryRuns(env) });
  const { namespace } = manifests.release;
  const old = await resolveEach(env, namespace, manifests.old);
  const target = await resolveEach(env, namespace, manifests.target);
  const known = new Map(old.infos.map((info) => [sameKey(info), info]));
  const wanted = new Set(target.infos.map(sameKey));
  // The same object in an API that is gone: it is not removed.
  const named = new Set(target.unknown.flatMap(({ id }) => [nameKey(id), nameKey({ ...id, namespace: "" })]));
  const objects: UpgradeObject[] = [];
  await inPool(target.infos, REQUESTS_MAX, async (info, at) => {
    objects[at] = await targetObject(info, known.get(sameKey(info)), { prediction, manifests, env });
  });
  const going: UpgradeObject[] = [];
  await inPool(
    old.infos.filter((info) => !wanted.has(sameKey(info)) && !named.has(nameKey(idOf(info)))),
    REQUESTS_MAX,
    async (info, at) => {
      going[at] = await goingObject(info, prediction, env);
    },
  );
  return [...objects, ...target.unknown, ...going.filter((object) => object !== undefined)];
}

/** Identity as Helm 3 compares objects of two manifests; the version does not count. */
function sameKey({ resource, namespace, name }: ResourceInfo): string {
  return `${resource.group}/${resource.kind}/${namespace}/${name}`;
}

function nameKey({ kind, namespace, name }: ObjectAddress): string {
  return `${kind}/${namespace}/${name}`;
}

/** Resolves each document by itself, so that one unknown kind does not hide the others. */
async function resolveEach(env: Environment, namespace: string, text: string) {
  const infos: ResourceInfo[] = [];
  const unknown: UpgradeObject[] = [];
  for (const document of new KubeManifest(text).documents) {
    try {
      infos.push(...await env.kube.resolve(namespace, new KubeManifest(document.text), callOptions(env)));
    } catch (error) {
      const kinds = unknownKinds(error);
      if (kinds.length === 0) throw error;
      unknown.push(...kinds.map((kind) => unknownObject(kind, namespace)));
    }
  }
  return { infos, unknown };
}

function unknownObject({ object, message }: UnknownKindError, namespace: string): UpgradeObject {
  const { apiVersion = "", kind = "", metadata = {} } = object;
  return {
    id: { apiVersion, kind, namespace: metadata.namespace ?? namespace, name: metadata.name ?? "" },
    action: "unknown",
    target: object,
    problem: message,
  };
}

function idOf({ resource, namespace, name }: ResourceInfo): ObjectAddress {
  return { apiVersion: groupVersion(resource.group, resource.version), kind: resource.kind, namespace, name };
}

interface Surroundings {
  readonly prediction: Prediction;
  readonly manifests: UpgradeManifests;
  readonly env: Environment;
}

async function targetObject(
  info: ResourceInfo,
  old: ResourceInfo | undefined,
  { prediction, manifests, env }: Surroundings,
): Promise<UpgradeObject> {
  const marked = withMarks(info, manifests.release);
  const known = { id: idOf(info), old: old?.object, rendered: info.object, target: marked.object };
  const path = objectPath(info.resource, info.namespace, info.name);
  const live = await readLive(prediction, path, env);
  if (live instanceof SkegError) return { ...known, action: "patch", problem: live.message };
  if (live === undefined) return { ...known, action: "create", ...await sendCreation(marked, prediction, env) };
  const isListed = old !== undefined && groupVersion(old.resource.group, old.resource.version) === known.id.apiVersion;
  const foreign = isListed || isAdopted(live, known.id, manifests) ? undefined : ownerProblem(live, manifests.release);
  // An object that the record lacks is changed as if the record had it as the chart has it now.
  const patched = await sendPatch(old?.object ?? marked.object, marked, live, prediction, env);
  return {
    ...known,
    live,
    ...patched,
    ...foreign === undefined ? { action: "patch" } : { action: "foreign", problem: foreign },
  };
}

async function goingObject(info: ResourceInfo, prediction: Prediction, env: Environment): Promise<UpgradeObject> {
  const live = await readLive(prediction, objectPath(info.resource, info.namespace, info.name), env);
  const known = { id: idOf(info), old: info.object };
  if (live instanceof SkegError) return { ...known, action: "remove", problem: live.message };
  const isKept = live === undefined || live.metadata?.annotations?.[RESOURCE_POLICY] === "keep";
  return { ...known, live, action: isKept ? "keep" : "remove", ...isKept ? { result: live } : {} };
}

/** Returns an object with the three entries that Helm 3 sets on all its objects. */
function withMarks(info: ResourceInfo, { name, namespace }: UpgradeManifests["release"]): ResourceInfo {
  const { metadata = {} } = info.object;
  const labels = { ...metadata.labels, [MANAGED_BY]: "Helm" };
  const annotations = { ...metadata.annotations, [RELEASE_NAME]: name, [RELEASE_NAMESPACE]: namespace };
  return { ...info, object: { ...info.object, metadata: { ...metadata, labels, annotations } } };
}

function isAdopted(live: KubeObject, id: ObjectAddress, { release, adopted }: UpgradeManifests): boolean {
  return ownerProblem(live, release) === undefined ||
    adopted.some(({ kind, namespace, name }) => kind === id.kind && namespace === id.namespace && name === id.name);
}

/** Returns why Helm 3 would not take an object over; `undefined` if it would. */
function ownerProblem(live: KubeObject, { name, namespace }: UpgradeManifests["release"]): string | undefined {
  const { labels = {}, annotations = {} } = live.metadata ?? {};
  const wanted: readonly (readonly [string, string, string | undefined, string])[] = [
    ["label", MANAGED_BY, labels[MANAGED_BY], "Helm"],
    ["annotation", RELEASE_NAME, annotations[RELEASE_NAME], name],
    ["annotation", RELEASE_NAMESPACE, annotations[RELEASE_NAMESPACE], namespace],
  ];
  const wrong = wanted.filter(([, , found, value]) => found !== value).map(([what, key, found]) =>
    found === undefined ? `${what} ${key} is missing` : `${what} ${key} is ${found}`
  );
  return wrong.length === 0 ? undefined : wrong.join("; ");
}

/** Returns the live object, `undefined` if there is none, or the error if it may not be read. */
async function readLive(
  { transport }: Prediction,
  path: string,
  env: Environment,
): Promise<KubeObject | SkegError | undefined> {
  try {
    return await call(transport, { method: "GET", path, signal: env.signal }) as KubeObject;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return error.kind === "not-found" ? undefined : error;
  }
}

const BY_HELM = "?fieldManager=helm";

type Sent = Pick<UpgradeObject, "write" | "result" | "problem">;

async function sendCreation(info: ResourceInfo, prediction: Prediction, env: Environment): Promise<Sent> {
  const path = objectPath(info.resource, info.namespace, info.name);
  const body = stringifyJson(info.object);
  const collection = path.slice(0, path.lastIndexOf("/"));
  return await sent(prediction, path, env, { method: "POST", path: `${collection}${BY_HELM}`, body });
}

/** Sends the patch: three-way for kinds that Helm 3 knows; for others the difference of the manifests. */
async function sendPatch(
  old: KubeObject,
  target: ResourceInfo,
  live: KubeObject,
  prediction: Prediction,
  env: Environment,
): Promise<Sent> {
  const { group, version, kind } = target.resource;
  const path = objectPath(target.resource, target.namespace, target.name);
  let patch: { readonly body: string; readonly contentType: string } | undefined;
  try {
    patch = hasMergeSchema(groupVersion(group, version), kind)
      ? createThreeWayPatch(old, target, live)
      : mergePatch(old, target.object);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { result: live, problem: error.message };
  }
  if (patch === undefined) return { result: live };
  return await sent(prediction, path, env, { method: "PATCH", path: `${path}${BY_HELM}`, ...patch });
}

function mergePatch(old: KubeObject, target: KubeObject) {
  const patch = jsonMergePatch(old as JsonObject, target as JsonObject);
  if (isObject(patch) && Object.keys(patch).length === 0) return undefined;
  return { body: stringifyJson(patch), contentType: "application/merge-patch+json" };
}

async function sent(
  prediction: Prediction,
  path: string,
  env: Environment,
  request: Parameters<Prediction["transport"]>[0],
): Promise<Sent> {
  try {
    await (await send(prediction.transport, { ...request, signal: env.signal })).body?.cancel();
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return { problem: error.message };
  }
  const write = prediction.writes.findLast((one) => one.path === path);
  return { write, result: write?.refusal === undefined ? write?.after : write.before };
}
