/**
 * Deletes what a release's manifest lists.
 *
 * Source: Helm 2.17.0, `DeleteRelease` in `pkg/tiller/release_modules.go`,
 * `pkg/tiller/resource_policy.go`.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { classify, inKindOrder, type ParsedManifest, splitDocuments, UNINSTALL_ORDER } from "../render/mod.ts";
import { callOptions, messageOf } from "./_calls.ts";
import type { Environment } from "./environment.ts";

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
 * Helm 2: every resource policy but `delete` keeps an object, also an empty
 * one. Documents with a hook annotation, which only records edited by hand
 * have here, are left alone.
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

/** What {@linkcode deleteDocuments} found. */
export interface Deleted {
  /** The kept objects that exist, in Tiller's words; empty when there are none. */
  readonly kept: string;
  /** Messages of the errors, in order. */
  readonly problems: readonly string[];
  /** How many objects may be there still, and could go when it is tried again. */
  readonly left: number;
}

/**
 * Deletes documents in order, those of one kind side by side; an error does
 * not stop it, as it never stopped Helm 2.
 */
export async function deleteDocuments(
  env: Environment,
  release: Release,
  manifests: readonly ParsedManifest[],
  keep: readonly ParsedManifest[],
): Promise<Deleted> {
  const kept = await summaryOf(env, release, keep);
  const problems: string[] = [];
  let left = 0;
  const options = callOptions(env);
  const deleteOne = async (document: ParsedManifest): Promise<void> => {
    // A document of comments only, or a list of nothing, has no object to delete.
    if ((await env.kube.build(release.namespace, document.text, options)).length === 0) return;
    await env.kube.delete(release.namespace, document.text, options);
  };
  for (const run of kindRuns(manifests)) {
    for (const outcome of await Promise.allSettled(run.map(deleteOne))) {
      if (outcome.status === "fulfilled") continue;
      if (env.signal?.aborted) throw outcome.reason;
      problems.push(messageOf(outcome.reason));
      if (mayStay(outcome.reason)) left++;
    }
  }
  return { kept, problems, left };
}

/** True when the object may be there still. What the server cannot even name, such as a kind it has no more, is not. */
function mayStay(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  const { status } = error;
  return status === 0 || status === 401 || status === 403 || status === 409 || status === 429 || status >= 500;
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
