/**
 * Deletes the objects of a release's manifest.
 *
 * Source: Helm 2.17.0, `DeleteRelease` in `pkg/tiller/release_modules.go`,
 * `pkg/tiller/resource_policy.go`.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { classify, inKindOrder, type ParsedManifest, splitDocuments, UNINSTALL_ORDER } from "../chart/render/mod.ts";
import { type ResourceInfo, UnknownKindError } from "../kube/mod.ts";
import { callOptions, messageOf } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { identityManifest, isSameObject } from "./object_names.ts";
import { foreignAmong, type Ownership } from "./ownership.ts";
import { describeForeign } from "./take_over.ts";

const POLICY_ANNOTATION = "helm.sh/resource-policy";

/** A stored manifest, ready to be deleted. */
export interface Deletion {
  /** To delete, in this order. */
  readonly manifests: readonly ParsedManifest[];
  /** To keep, because their resource policy says so. */
  readonly keep: readonly ParsedManifest[];
  /** Why nothing can be deleted, when the manifest is not YAML. */
  readonly problem?: string | undefined;
}

/**
 * Splits a stored manifest into documents, in the order they are deleted.
 *
 * Helm 2: every resource policy except `delete` keeps an object, even an empty one. Documents with a hook
 * annotation are not deleted; here only records that were edited by hand have them.
 */
export function prepareDeletion(manifest: string): Deletion {
  const documents = splitDocuments(manifest).map((text, index) => [`manifest-${index}`, text]);
  let manifests: readonly ParsedManifest[];
  try {
    manifests = classify(Object.fromEntries(documents)).manifests;
  } catch (cause) {
    const problem = `corrupted release record. You must manually delete the resources: ${messageOf(cause)}`;
    return { manifests: [], keep: [], problem };
  }
  const ordered = inKindOrder(manifests, UNINSTALL_ORDER);
  return {
    manifests: ordered.filter((document) => !isKept(document)),
    keep: ordered.filter(isKept),
  };
}

/** Result of {@linkcode deleteDocuments}. */
export interface Deleted {
  /** The kept objects that exist, in Tiller's words; empty when there are none. */
  readonly kept: string;
  /** Messages of the errors, in order. */
  readonly problems: readonly string[];
  /** Number of objects that may still exist. */
  readonly left: number;
  /** Advice, one line each, about objects that another attempt would not delete. */
  readonly advice: readonly string[];
}

/**
 * Deletes documents in order, those of one kind concurrently. An error does not stop it, as in Helm 2.
 * Objects that do not belong to the release stay, and a warning names them.
 */
export async function deleteDocuments(
  env: Environment,
  release: Release,
  manifests: readonly ParsedManifest[],
  keep: readonly ParsedManifest[],
  ownership: Ownership,
): Promise<Deleted> {
  const kept = await summaryOf(env, release, keep);
  const problems: string[] = [];
  let left = 0;
  const options = callOptions(env);
  const built = await buildEach(env, release, manifests);
  const all = [...built.values()].flatMap(({ infos = [] }) => infos);
  const foreign = await foreignAmong(env, ownership, release.namespace, all);
  for (const text of describeForeign(foreign.filter(({ isUnknown }) => !isUnknown))) {
    env.report({ type: "warning", text });
  }
  // Skipping it without an error could lose track of an object that may belong to the release.
  for (const text of describeForeign(foreign.filter(({ isUnknown }) => isUnknown))) {
    problems.push(text);
    left++;
  }
  const deleteOne = async (document: ParsedManifest): Promise<void> => {
    const { infos = [], error } = built.get(document) ?? {};
    if (error !== undefined) throw error;
    const own = infos.filter((info) => !foreign.some(({ found }) => isSameObject(found.info, info)));
    // A document of comments only, or a list of nothing, has no object to delete.
    if (own.length === 0) return;
    if (own.length === infos.length) return await env.kube.delete(release.namespace, document.text, options);
    await env.kube.delete(release.namespace, identityManifest(own), options);
  };
  for (const run of kindRuns(manifests)) {
    const outcomes = await Promise.allSettled(run.map(deleteOne));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") continue;
      if (env.signal?.aborted) throw outcome.reason;
      problems.push(messageOf(outcome.reason));
      const document = run[index];
      const { infos = [] } = document === undefined ? {} : built.get(document) ?? {};
      if (infos.length === 0 || !infos.every(cannotExist)) left++;
    }
  }
  const advice = all.filter((info) => info.name === "" && !cannotExist(info)).map(describeNameless);
  if (foreign.some(({ isUnknown }) => isUnknown)) {
    advice.push("Run the command again as a user who may get these objects.");
  }
  return { kept, problems, left, advice };
}

/** The objects of a document, or the error that prevented finding them. */
interface Built {
  readonly infos?: readonly ResourceInfo[];
  readonly error?: unknown;
}

async function buildEach(
  env: Environment,
  release: Release,
  manifests: readonly ParsedManifest[],
): Promise<ReadonlyMap<ParsedManifest, Built>> {
  const built = new Map<ParsedManifest, Built>();
  for (const document of manifests) {
    try {
      built.set(document, { infos: await build(env, release, document) });
    } catch (error) {
      if (env.signal?.aborted) throw error;
      built.set(document, { error });
    }
  }
  return built;
}

/** True for an object without any name: no server can have created it, so there is nothing to delete. */
function cannotExist({ name, object }: ResourceInfo): boolean {
  return name === "" && asPrefix(object.metadata?.generateName) === "";
}

function describeNameless({ resource, namespace, object }: ResourceInfo): string {
  const prefix = asPrefix(object.metadata?.generateName);
  return `The server chose the name of ${resource.kind} ${
    JSON.stringify(`${prefix}…`)
  }, and no record holds it: find it with ` +
    `'kubectl get ${resource.plural}${namespace === "" ? "" : ` --namespace ${namespace}`}' and delete it.`;
}

function asPrefix(name: unknown): string {
  return typeof name === "string" ? name : "";
}

/**
 * Returns the objects of a document. A kind that the server certainly does not have has no objects: deleting
 * a CustomResourceDefinition deletes all of its objects.
 */
async function build(env: Environment, release: Release, document: ParsedManifest): Promise<ResourceInfo[]> {
  try {
    return await env.kube.build(release.namespace, document.text, callOptions(env));
  } catch (error) {
    if (!(error instanceof UnknownKindError) || !error.isCertain) throw error;
    const { kind, name, apiVersion } = document.head;
    const text = `${kind} ${
      JSON.stringify(name)
    }: the server has no such kind in ${apiVersion}; there is nothing to delete`;
    env.report({ type: "warning", text });
    return [];
  }
}

/** Cuts the list where the kind changes. */
function kindRuns(manifests: readonly ParsedManifest[]): ParsedManifest[][] {
  const runs: ParsedManifest[][] = [];
  for (const [index, manifest] of manifests.entries()) {
    if (index === 0 || manifests[index - 1]?.head.kind !== manifest.head.kind) runs.push([]);
    runs.at(-1)?.push(manifest);
  }
  return runs;
}

async function summaryOf(env: Environment, release: Release, keep: readonly ParsedManifest[]): Promise<string> {
  const options = callOptions(env);
  const found = await Promise.all(keep.map(async (document) => {
    try {
      return await env.kube.exists(release.namespace, document.text, options);
    } catch (error) {
      if (env.signal?.aborted) throw error;
      return false;
    }
  }));
  const lines = keep.filter((_, index) => found[index])
    .map((document) => `[${document.head.kind}] ${document.head.name}\n`);
  return lines.length === 0 ? "" : `These resources were kept due to the resource policy:\n${lines.join("")}`;
}

function isKept(document: ParsedManifest): boolean {
  const policy = document.head.annotations[POLICY_ANNOTATION];
  return policy !== undefined && policy !== "delete";
}
