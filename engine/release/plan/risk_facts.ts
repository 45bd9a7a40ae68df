/**
 * Reads what decides about risks: volumes of claims that go, pods that use what goes, autoscalers, and what is inside of
 * namespaces.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { call, isObject, type JsonObject, type KubeObject } from "../../kube/mod.ts";
import type { ObjectChange, RiskFacts } from "../../kube/explain/mod.ts";
import type { Environment } from "../environment.ts";
import type { OperationObject } from "./operation_objects.ts";
import { specOf } from "./live_state.ts";

/** The most objects that are counted. */
const COUNT_MAX = 500;

/** Reads the facts; what may not be read is left out. */
export async function readRiskFacts(
  env: Environment,
  found: readonly OperationObject[],
  compared: readonly ObjectChange[],
): Promise<RiskFacts> {
  const going = found.filter((_, at) => compared[at]?.action === "delete" || compared[at]?.action === "recreate");
  const [volumes, counts, pods, autoscalers] = await Promise.all([
    reclaimPolicies(env, going),
    countsOf(env, going),
    podsOf(env, going),
    autoscalersOf(env, found, compared),
  ]);
  return { reclaimPolicies: volumes, counts, pods, owners: await ownersOf(env, pods), autoscalers };
}

/** Sends a read; `undefined` if the object does not exist or may not be read. */
async function read(env: Environment, path: string): Promise<JsonObject | undefined> {
  try {
    return await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal });
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return undefined;
  }
}

async function reclaimPolicies(env: Environment, going: readonly OperationObject[]): Promise<Record<string, string>> {
  const names = going.filter(({ id }) => id.kind === "PersistentVolumeClaim")
    .map(({ live }) => String(specOf(live).volumeName ?? "")).filter((name) => name !== "");
  const found = await Promise.all(names.map(async (name): Promise<[string, string][]> => {
    const volume = await read(env, `/api/v1/persistentvolumes/${encodeURIComponent(name)}`);
    const policy = specOf(volume as KubeObject | undefined).persistentVolumeReclaimPolicy;
    return typeof policy === "string" ? [[name, policy]] : [];
  }));
  return Object.fromEntries(found.flat());
}

/** Counts the pods, services, claims and configurations of namespaces, and the objects of CRDs. */
async function countsOf(env: Environment, going: readonly OperationObject[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id, live } of going) {
    if (id.kind === "Namespace") {
      const kinds = ["pods", "services", "persistentvolumeclaims", "configmaps", "secrets"];
      const paths = kinds.map((plural) => `/api/v1/namespaces/${encodeURIComponent(id.name)}/${plural}`);
      counts[id.name] = await countAll(env, paths);
    } else if (id.kind === "CustomResourceDefinition") {
      const { group, names, versions, version } = specOf(live);
      const [first] = Array.isArray(versions) ? versions.filter(isObject) : [];
      const plural = isObject(names) ? names.plural : undefined;
      counts[id.name] = await countAll(env, [`/apis/${group}/${first?.name ?? version}/${plural}`]);
    }
  }
  return counts;
}

/** Returns the number of objects in all collections; -1 if one of them cannot be counted. */
async function countAll(env: Environment, paths: readonly string[]): Promise<number> {
  const found = await Promise.all(paths.map(async (path) => {
    const list = await read(env, `${path}?limit=${COUNT_MAX}`);
    if (list === undefined) return -1;
    const more = isObject(list.metadata) ? Number(list.metadata.remainingItemCount ?? 0) : 0;
    return (Array.isArray(list.items) ? list.items.length : 0) + more;
  }));
  return found.some((count) => count < 0) ? -1 : found.reduce((sum, count) => sum + count, 0);
}

async function listed(env: Environment, namespaces: Iterable<string>, pathOf: (namespace: string) => string[]) {
  const found = await Promise.all([...new Set(namespaces)].map(async (namespace) => {
    for (const path of pathOf(encodeURIComponent(namespace))) {
      const list = await read(env, path);
      if (Array.isArray(list?.items)) return list.items.filter(isObject) as KubeObject[];
    }
    return [];
  }));
  return found.flat();
}

const USED = new Set(["ConfigMap", "Secret", "ServiceAccount", "PersistentVolumeClaim"]);

function podsOf(env: Environment, going: readonly OperationObject[]): Promise<KubeObject[]> {
  const namespaces = going.filter(({ id }) => USED.has(id.kind)).map(({ id }) => id.namespace);
  return listed(env, namespaces, (namespace) => [`/api/v1/namespaces/${namespace}/pods?limit=${COUNT_MAX}`]);
}

/** Owners between pods and the objects of charts, by kind: their resources' paths. */
const BETWEEN: Readonly<Record<string, (namespace: string) => string>> = {
  ReplicaSet: (namespace) => `/apis/apps/v1/namespaces/${namespace}/replicasets?limit=${COUNT_MAX}`,
  Job: (namespace) => `/apis/batch/v1/namespaces/${namespace}/jobs?limit=${COUNT_MAX}`,
};

/** Reads the ReplicaSets and Jobs that own pods; other owners of pods are objects of charts. */
async function ownersOf(env: Environment, pods: readonly KubeObject[]): Promise<KubeObject[]> {
  const found = await Promise.all(
    Object.entries(BETWEEN).map(([kind, pathOf]) => {
      const owned = pods.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.kind === kind));
      return listed(env, owned.map(({ metadata }) => metadata?.namespace ?? ""), (namespace) => [pathOf(namespace)]);
    }),
  );
  return found.flat();
}

/** Autoscalers are read only where a number of replicas would change. */
function autoscalersOf(
  env: Environment,
  found: readonly OperationObject[],
  compared: readonly ObjectChange[],
): Promise<KubeObject[]> {
  const scaled = found.filter((_, at) => compared[at]?.changes.some(({ path }) => path === "/spec/replicas"));
  return listed(
    env,
    scaled.map(({ id }) => id.namespace),
    (namespace) =>
      ["v2", "v1"].map((version) => `/apis/autoscaling/${version}/namespaces/${namespace}/horizontalpodautoscalers`),
  );
}
