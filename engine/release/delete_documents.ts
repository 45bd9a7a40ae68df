/**
 * Deletes the objects of a release's manifest.
 *
 * Source: Helm 2.17.0, `DeleteRelease` in `pkg/tiller/release_modules.go`.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { type ResourceInfo, UnknownKindError } from "../kube/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Deletion, DocumentToDelete } from "./deletion.ts";
import type { Environment } from "./environment.ts";
import { isSameObject } from "./object_names.ts";
import { foreignAmong, type Ownership } from "./ownership.ts";
import { describeForeign } from "./take_over.ts";
import { messageOf } from "../base/mod.ts";

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
  { documents, keep }: Pick<Deletion, "documents" | "keep">,
  ownership: Ownership,
): Promise<Deleted> {
  const kept = await summaryOf(env, release, keep);
  const problems: string[] = [];
  let left = 0;
  const options = callOptions(env);
  const resolved = await resolveEach(env, release, documents);
  const all = [...resolved.values()].flatMap(({ infos = [] }) => infos);
  const foreign = await foreignAmong(env, ownership, all);
  for (const text of describeForeign(foreign.filter(({ isUnknown }) => !isUnknown))) {
    env.report({ type: "warning", text });
  }
  // Skipping it without an error could lose track of an object that may belong to the release.
  for (const text of describeForeign(foreign.filter(({ isUnknown }) => isUnknown))) {
    problems.push(text);
    left++;
  }
  const deleteOne = async (document: DocumentToDelete): Promise<void> => {
    const { infos = [], error } = resolved.get(document) ?? {};
    if (error !== undefined) throw error;
    const own = infos.filter((info) => !foreign.some(({ found }) => isSameObject(found.info, info)));
    // A document of comments only, or a list of nothing, has no object to delete.
    if (own.length > 0) await env.kube.delete(own, options);
  };
  for (const run of kindRuns(documents)) {
    const outcomes = await Promise.allSettled(run.map(deleteOne));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "fulfilled") continue;
      if (env.signal?.aborted) throw outcome.reason;
      problems.push(messageOf(outcome.reason));
      const document = run[index];
      const { infos = [] } = document === undefined ? {} : resolved.get(document) ?? {};
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
interface Resolved {
  readonly infos?: readonly ResourceInfo[];
  readonly error?: unknown;
}

async function resolveEach(
  env: Environment,
  release: Release,
  documents: readonly DocumentToDelete[],
): Promise<ReadonlyMap<DocumentToDelete, Resolved>> {
  const resolved = new Map<DocumentToDelete, Resolved>();
  for (const document of documents) {
    try {
      resolved.set(document, { infos: await resolve(env, release, document) });
    } catch (error) {
      if (env.signal?.aborted) throw error;
      resolved.set(document, { error });
    }
  }
  return resolved;
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
async function resolve(env: Environment, release: Release, document: DocumentToDelete): Promise<ResourceInfo[]> {
  try {
    return await env.kube.resolve(release.namespace, document.manifest, callOptions(env));
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
function kindRuns(documents: readonly DocumentToDelete[]): DocumentToDelete[][] {
  const runs: DocumentToDelete[][] = [];
  for (const [index, document] of documents.entries()) {
    if (index === 0 || documents[index - 1]?.head.kind !== document.head.kind) runs.push([]);
    runs.at(-1)?.push(document);
  }
  return runs;
}

async function summaryOf(env: Environment, release: Release, keep: readonly DocumentToDelete[]): Promise<string> {
  const options = callOptions(env);
  const found = await Promise.all(keep.map(async (document) => {
    try {
      return await env.kube.exists(await env.kube.resolve(release.namespace, document.manifest, options), options);
    } catch (error) {
      if (env.signal?.aborted) throw error;
      return false;
    }
  }));
  const lines = keep.filter((_, index) => found[index])
    .map((document) => `[${document.head.kind}] ${document.head.name}\n`);
  return lines.length === 0 ? "" : `These resources were kept due to the resource policy:\n${lines.join("")}`;
}
