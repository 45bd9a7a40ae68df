/**
 * Gives live objects the marks without which Helm 3 does not take them over: one label and two annotations.
 *
 * Only metadata is patched, never pod templates: nothing restarts.
 *
 * Source: Helm 3.22.0, `pkg/action/validate.go`.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { call, groupVersion, isNotFound, objectPath, readObject, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import type { FindOwners } from "../_others.ts";
import { manifestObjects } from "../transfer/manifest_objects.ts";
import type { AdoptionMark, AdoptionStep, MigrationChoices, ObjectAddress } from "./plan_types.ts";

/** Helm 3's label and its value. */
export const MANAGED_BY = "app.kubernetes.io/managed-by", MANAGED_BY_HELM = "Helm";
/** Helm 3's annotations. */
export const RELEASE_NAME = "meta.helm.sh/release-name", RELEASE_NAMESPACE = "meta.helm.sh/release-namespace";

/** Kinds whose labels selectors count on, with their groups. */
const SELECTABLE: ReadonlySet<string> = new Set(["/Pod", "/Namespace", "/Node", "/PersistentVolume"]);

/** Times that a patch is tried while other clients change the object. */
const ATTEMPTS = 10;

/** An object that is to be adopted. */
export interface PreparedAdoption {
  readonly step: AdoptionStep;
  readonly info: ResourceInfo;
  /** As it was read. */
  readonly live: KubeObject;
  /** Value of the label before; absent: there is none. */
  readonly label: string | undefined;
}

/** The live objects of a release. */
export interface AdoptionPlan {
  /** In the order of the manifest. */
  readonly objects: readonly PreparedAdoption[];
  /** Objects that this user may not read, in words. */
  readonly unread: readonly string[];
}

/** Whose objects are adopted, and how. */
export interface AdoptionOwner extends Pick<MigrationChoices, "adoptSelectable"> {
  readonly name: string;
  readonly namespace: string;
}

/** Reads the live objects of `base` and decides which marks they get. */
export async function prepareAdoption(
  env: Environment,
  base: Release,
  owner: AdoptionOwner,
  findOwners: FindOwners,
): Promise<AdoptionPlan> {
  const { live, unread } = await manifestObjects(env, base);
  const others = await findOwners(live.map(({ info }) => info));
  const objects = live.map(({ info, object }): PreparedAdoption => {
    const claimed = others.get(keyOf(info));
    const { add, note } = marksFor(info, object, owner, claimed);
    return {
      info,
      live: object,
      label: object.metadata?.labels?.[MANAGED_BY],
      step: { object: addressOf(info), uid: object.metadata?.uid ?? "", add, note },
    };
  });
  return { objects, unread };
}

/** Decides which marks an object gets. */
function marksFor(
  { resource, object }: ResourceInfo,
  live: KubeObject,
  { name, namespace, adoptSelectable }: AdoptionOwner,
  claimed: string | undefined,
): Pick<AdoptionStep, "add" | "note"> {
  const { labels, annotations } = live.metadata ?? {};
  const owner = annotations?.[RELEASE_NAME];
  const ownerNamespace = annotations?.[RELEASE_NAMESPACE];
  if (owner !== undefined && owner !== name || ownerNamespace !== undefined && ownerNamespace !== namespace) {
    const where = ownerNamespace === undefined ? "" : ` in namespace ${JSON.stringify(ownerNamespace)}`;
    return { add: [], note: `it says that release ${JSON.stringify(owner ?? name)}${where} of Helm 3 owns it` };
  }
  if (claimed !== undefined) return { add: [], note: `release ${JSON.stringify(claimed)} has it, too` };
  const manager = labels?.[MANAGED_BY];
  const literal = object.metadata?.labels?.[MANAGED_BY];
  if (manager !== undefined && manager !== "Tiller" && manager !== MANAGED_BY_HELM && manager !== literal) {
    return { add: [], note: `its label ${MANAGED_BY} is ${JSON.stringify(manager)}: another program may manage it` };
  }
  const isSelectable = SELECTABLE.has(`${resource.group}/${resource.kind}`) && adoptSelectable !== true;
  const wantsLabel = manager !== MANAGED_BY_HELM;
  const add: AdoptionMark[] = [
    ...wantsLabel && !isSelectable ? ["label" as const] : [],
    ...owner === undefined ? ["release-name" as const] : [],
    ...ownerNamespace === undefined ? ["release-namespace" as const] : [],
  ];
  const note = wantsLabel && isSelectable
    ? `its label ${MANAGED_BY} stays: selectors may count on labels of this kind; --adopt-selectable sets it`
    : "";
  return { add, note };
}

/**
 * Sets the marks of one object, and nothing else; an object that was modified meanwhile is read and judged again.
 *
 * @returns `gone` if the object was deleted, or is another one by now.
 */
export async function adoptObject(
  env: Environment,
  { info, step, live }: PreparedAdoption,
  owner: AdoptionOwner,
): Promise<"done" | "gone"> {
  let current = live;
  let add = step.add;
  for (let attempt = 1; add.length > 0; attempt++) {
    try {
      await patchMetadata(env, info, current, marksOf(add, owner));
      return "done";
    } catch (error) {
      if (isNotFound(error)) return "gone";
      const isMoved = error instanceof KubeError && error.status === 409;
      if (!isMoved || attempt === ATTEMPTS) throw error;
    }
    const found = await readObject(env.kube.cluster.transport, info, callOptions(env)).catch((error) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (found === undefined || (found.metadata?.uid ?? "") !== step.uid) return "gone";
    current = found;
    add = marksFor(info, current, owner, undefined).add;
  }
  return "done";
}

/** Labels and annotations to set; `null` removes one. */
export interface MetadataChange {
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly annotations?: Readonly<Record<string, string | null>>;
}

function marksOf(add: readonly AdoptionMark[], { name, namespace }: AdoptionOwner): MetadataChange {
  const annotations: Record<string, string> = {};
  if (add.includes("release-name")) annotations[RELEASE_NAME] = name;
  if (add.includes("release-namespace")) annotations[RELEASE_NAMESPACE] = namespace;
  return {
    ...add.includes("label") ? { labels: { [MANAGED_BY]: MANAGED_BY_HELM } } : {},
    ...Object.keys(annotations).length === 0 ? {} : { annotations },
  };
}

/** Patches the metadata of the object that was read, if it was not modified since. */
export async function patchMetadata(
  env: Environment,
  { resource, namespace, name }: Pick<ResourceInfo, "resource" | "namespace" | "name">,
  { metadata }: KubeObject,
  change: MetadataChange,
): Promise<void> {
  const guard = { uid: metadata?.uid, resourceVersion: metadata?.resourceVersion };
  await call(env.kube.cluster.transport, {
    method: "PATCH",
    path: objectPath(resource, namespace, name),
    body: JSON.stringify({ metadata: { ...guard, ...change } }),
    contentType: "application/merge-patch+json",
    signal: callOptions(env).signal,
  });
}

/** Returns the address of an object. */
export function addressOf({ resource, namespace, name }: ResourceInfo): ObjectAddress {
  return { apiVersion: groupVersion(resource.group, resource.version), kind: resource.kind, namespace, name };
}

/** Returns objects without all marks, in words: Helm 3 refuses an upgrade that changes their API version. */
export function unadopted(objects: readonly PreparedAdoption[]): string[] {
  return objects.filter(({ step }) => step.add.length > 0).map(({ info }) => describeObject(info));
}
