/**
 * Finds signs that another owner has an object, before a repair deletes it: records in all places, those of Helm 3 included,
 * Helm 3's annotations, and labels that name another release.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { type Release, STATUS_CODES } from "../../model/mod.ts";
import type { ExistingObject, ObjectMeta, ResourceInfo } from "../../kube/mod.ts";
import { type ClusterPlace, driverAt, OWNER, scanDeployed } from "../../../storage/mod.ts";
import { objectCallOf } from "../_object_call.ts";
import { recordOptions } from "../_calls.ts";
import { scanHelm3 } from "../_helm3_claims.ts";
import { finderOf } from "../_others.ts";
import { listMetadata } from "../doctor/list_metadata.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";

/**
 * Returns, by key, the reason why an object stays: a DEPLOYED revision in any place of records names it, or one of Helm 3 that
 * is in force. Revisions of release `name` in the configured place do not count.
 *
 * The number of requests does not depend on the number of objects.
 *
 * @throws SkegError of kind `conflict` when some records cannot be read: they may name the objects.
 */
export async function claimedAnywhere(
  env: Environment,
  name: string,
  infos: readonly ResourceInfo[],
): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  if (infos.length === 0) return reasons;
  const claims = finderOf(infos);
  const own = env.driver.place;
  const take = (release: Release, where: string): void => {
    for (const key of claims(release)) {
      if (!reasons.has(key)) reasons.set(key, `release ${JSON.stringify(release.name)}${where} has it, too`);
    }
  };
  const takeHelm3 = (release: Release): void =>
    take(release, ` of Helm 3 in namespace ${JSON.stringify(release.namespace)}`);
  try {
    await scanDeployed(env.driver, (release) => {
      if (release.name !== name) take(release, "");
    }, recordOptions(env));
    for (const place of await placesOfDeployed(env)) {
      const { storage, namespace } = place;
      if (own?.storage === storage && own.namespace === namespace) continue;
      const where = ` in the ${storage}s of namespace ${JSON.stringify(namespace)}`;
      await scanDeployed(driverAt(place), (release) => take(release, where), recordOptions(env));
    }
    await scanHelm3(env, takeHelm3);
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403].includes(error.status)) throw error;
    throw new SkegError(
      "conflict",
      `the records of other releases cannot be read, and they may own the objects: ${error.message}`,
      {
        cause: error,
        hint:
          "Run it as a user who may list the ConfigMaps and Secrets of all namespaces, or delete the objects by hand.",
      },
    );
  }
  return reasons;
}

/** Lists the places that have records which may be DEPLOYED. */
async function placesOfDeployed(env: Environment): Promise<readonly ClusterPlace[]> {
  const call = objectCallOf(env);
  const ended = STATUS_CODES.filter((code) => code !== "DEPLOYED" && code !== "UNKNOWN").join(",");
  const selector = encodeURIComponent(`OWNER=${OWNER},STATUS notin (${ended})`);
  const found = await Promise.all((["configmap", "secret"] as const).map(async (storage) => {
    const namespaces = new Set<string>();
    await listMetadata(
      env,
      `/api/v1/${storage}s?labelSelector=${selector}`,
      ({ namespace }) => void namespaces.add(namespace ?? ""),
    );
    return [...namespaces].map((namespace): ClusterPlace => ({ storage, namespace, call }));
  }));
  return found.flat();
}

const HELM3_NAME = "meta.helm.sh/release-name";
const HELM3_NAMESPACE = "meta.helm.sh/release-namespace";
const MANAGER = "app.kubernetes.io/managed-by";

/** True if Helm 3 has noted a release at the object. */
export function hasHelm3Annotation({ annotations = {} }: Pick<ObjectMeta, "annotations">): boolean {
  return annotations[HELM3_NAME] !== undefined || annotations[HELM3_NAMESPACE] !== undefined;
}

/** Labels that mark an object of a chart, each with the label that names the release. */
const RELEASE_LABELS = [["heritage", "release"], [MANAGER, "app.kubernetes.io/instance"]] as const;

/**
 * Returns the reason why a live object does not belong to release `name`, by its metadata; `undefined` when there is none.
 * Labels that the manifest has, too, prove nothing. Pure.
 *
 * @param deletedAt Unix seconds: when the deletion of the release began; absent: it was not deleted.
 */
export function foreignMark(
  name: string,
  { info, metadata }: ExistingObject,
  deletedAt: number | undefined,
): string | undefined {
  const { annotations = {}, labels = {} } = metadata;
  const stored = info.object.metadata ?? {};
  if (hasHelm3Annotation(metadata)) {
    const release = JSON.stringify(annotations[HELM3_NAME] ?? "");
    const namespace = JSON.stringify(annotations[HELM3_NAMESPACE] ?? "");
    return `its annotations say that release ${release} of Helm 3 in namespace ${namespace} has it`;
  }
  if (labels[MANAGER] === "Helm" && stored.labels?.[MANAGER] !== "Helm") {
    return `its label ${MANAGER} says that Helm 3 has it`;
  }
  for (const [mark, label] of RELEASE_LABELS) {
    const release = labels[label];
    if (labels[mark] === undefined || release === undefined || release === name) continue;
    if (release !== stored.labels?.[label]) return `its label ${label} names release ${JSON.stringify(release)}`;
  }
  const created = Date.parse(metadata.creationTimestamp ?? "") / 1000;
  if (deletedAt !== undefined && created > deletedAt) {
    return `it was created after the deletion of release ${JSON.stringify(name)} began`;
  }
  return undefined;
}

/** Divides objects by {@linkcode foreignMark} and {@linkcode claimedAnywhere}: `reasons` has those that stay, by key. */
export async function reasonsToStay(
  env: Environment,
  name: string,
  existing: readonly ExistingObject[],
  deletedAt?: number,
): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map(await claimedAnywhere(env, name, existing.map(({ info }) => info)));
  for (const one of existing) {
    const mark = foreignMark(name, one, deletedAt);
    if (mark !== undefined && !reasons.has(keyOf(one.info))) reasons.set(keyOf(one.info), mark);
  }
  return reasons;
}
