/**
 * Finds the resource of each object of a manifest. Creates nothing.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (BuildUnstructured), which uses
 * Kubernetes' resource builder; `release-pipeline.md` 8.2.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { nearest, orList } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { type Discovered, type Discovery, findResource } from "./discovery.ts";
import { itemOf, type ManifestEntry, type WantedKind } from "./entries.ts";
import { asText, isObject, type JsonObject } from "./json.ts";
import type { KubeManifest } from "./manifest.ts";
import { groupVersion } from "./paths.ts";
import type { ApiResource, KubeCallOptions, ResolveOptions, ResourceInfo } from "./types.ts";

/**
 * Maps each object of `manifest` through discovery.
 *
 * A namespaced object without a namespace gets `namespace`; a cluster-scoped one loses any. Lists are
 * expanded. For an unknown kind, discovery is read again, once.
 *
 * @throws SkegError; one error is thrown unchanged, several as `[e1, e2]`. With `side`, in the words that Helm
 * has for an update.
 */
export async function resolveObjects(
  discovery: Discovery,
  namespace: string,
  manifest: KubeManifest,
  options: ResolveOptions = {},
): Promise<ResourceInfo[]> {
  const { side, skipUnresolved = false } = options;
  try {
    if (skipUnresolved) return await resolveWhatCan(discovery, namespace, manifest, options);
    return await resolveAll(discovery, namespace, manifest, options);
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    if (skipUnresolved) return [];
    throw side === undefined ? error : inUpdate(side, error);
  }
}

async function resolveAll(
  discovery: Discovery,
  namespace: string,
  manifest: KubeManifest,
  options: KubeCallOptions,
): Promise<ResourceInfo[]> {
  const entries = manifest.entries();
  if (entries.length === 0) return [];
  const known = await knownFor(discovery, entries, options);
  const problems: SkegError[] = [];
  const infos = entries.flatMap((entry) => locateAll(known, namespace, entry, problems));
  const problem = joinProblems(problems);
  if (problem !== undefined) throw problem;
  return infos;
}

/** Returns the objects of the documents that can be resolved whole. */
async function resolveWhatCan(
  discovery: Discovery,
  namespace: string,
  manifest: KubeManifest,
  options: KubeCallOptions,
): Promise<ResourceInfo[]> {
  // Unlike a stream, single documents can be read after one that is not YAML.
  const entries = manifest.documents.map(({ entry }) => entry).filter((entry) => entry !== undefined);
  if (entries.length === 0) return [];
  const known = await knownFor(discovery, entries, options);
  return entries.flatMap((entry) => {
    const problems: SkegError[] = [];
    const infos = locateAll(known, namespace, entry, problems);
    return problems.length === 0 ? infos : [];
  });
}

/** Returns the discovery, read anew if it lacks a kind. */
async function knownFor(
  discovery: Discovery,
  entries: readonly (ManifestEntry | SkegError)[],
  options: KubeCallOptions,
): Promise<Discovered> {
  const known = await discovery.get(options);
  const isKnown = (entry: ManifestEntry | SkegError): boolean =>
    entry instanceof SkegError || findResource(known, entry.wanted) !== undefined;
  return entries.every(isKnown) ? known : await discovery.refresh(options);
}

/** Parts of Helm's message for manifests with kinds that the server no longer has. */
const REMOVED_APIS = {
  current: "performing the diff",
  new: "deployment",
} as const;

/** Returns the error in the words that Helm has for the old or the new side of an update. */
function inUpdate(side: keyof typeof REMOVED_APIS, cause: SkegError): SkegError {
  const problems = cause instanceof ManifestProblems ? cause.problems : [cause];
  // Helm 2: items of lists do not count, because their message has no source.
  const removed = problems.some((problem) => problem instanceof UnknownKindError && !problem.isListed);
  const message = removed
    ? `${side} release manifest contains removed kubernetes api(s) for this kubernetes version and it is therefore ` +
      `unable to build the kubernetes objects for ${REMOVED_APIS[side]}. error from kubernetes: ${cause.message}`
    : `failed decoding reader into objects: ${cause.message}`;
  return new SkegError(cause.kind, message, { cause, hint: cause.hint });
}

/** Returns a single error unchanged, several as `[e1, e2]`; equal messages appear once. */
function joinProblems(problems: readonly SkegError[]): SkegError | undefined {
  const [first] = problems;
  const messages = [...new Set(problems.map(({ message }) => message))];
  if (first === undefined || messages.length === 1) return first;
  return new ManifestProblems(first, problems, `[${messages.join(", ")}]`);
}

/** Several problems of a manifest; the message lists them as Helm does. */
class ManifestProblems extends SkegError {
  /** At least two. */
  readonly problems: readonly SkegError[];

  /** The error's kind is that of the first. */
  constructor(first: SkegError, problems: readonly SkegError[], message: string) {
    super(first.kind, message, { cause: first });
    this.problems = problems;
  }
}

/** Returns the objects of one entry: itself, or the items of a list. */
function locateAll(
  known: Discovered,
  namespace: string,
  entry: ManifestEntry | SkegError,
  problems: SkegError[],
  listed = false,
): ResourceInfo[] {
  if (entry instanceof SkegError) {
    problems.push(entry);
    return [];
  }
  const { wanted, object } = entry;
  const resource = findResource(known, wanted);
  if (resource === undefined) {
    problems.push(new UnknownKindError(known, wanted, listed, object));
    return [];
  }
  const { items } = object;
  if (Array.isArray(items)) {
    return items.flatMap((item) => locateAll(known, namespace, itemOf(item, entry), problems, true));
  }
  // Helm 2: an object without an apiVersion is found, but its requests have an invalid path.
  return [place({ ...resource, version: wanted.version }, namespace, object)];
}

/** Returns the kind that was meant, or what may be missing. */
function kindAdvice({ resources }: Discovered, version: string, kind: string): string {
  const ofVersion = [...resources.keys()].filter((key) => key.startsWith(`${version}/`));
  const meant = nearest(kind, ofVersion.map((key) => key.slice(version.length + 1)));
  return meant.length > 0
    ? `Did you mean ${orList(meant)}?`
    : `Check that the cluster serves this kind; a CustomResourceDefinition may have to be created first.`;
}

/** Returns a sentence that names an object; `undefined` for one without a name. */
function nameOf(kind: string, { metadata }: KubeObject): string | undefined {
  const name = asText(metadata?.name);
  return name === "" ? undefined : `The object is ${kind} ${name}.`;
}

/** Returns the unknown kinds that led to an error, in the order of the manifest; none for other errors. */
export function unknownKinds(error: unknown): readonly UnknownKindError[] {
  if (error instanceof UnknownKindError) return [error];
  if (error instanceof ManifestProblems) return error.problems.filter((each) => each instanceof UnknownKindError);
  return error instanceof SkegError ? unknownKinds(error.cause) : [];
}

/** A manifest names a kind that the server does not have; the message is Helm's. */
export class UnknownKindError extends SkegError {
  /** False if the server could not list that group: the kind may exist. */
  readonly isCertain: boolean;
  /** True for an item of a list. */
  readonly isListed: boolean;
  /** The object that names the kind. */
  readonly object: KubeObject;

  /** Helm 2: the name of the source, which is empty here, is missing for items of a list. */
  constructor(known: Discovered, { group, version, kind }: WantedKind, isListed: boolean, object: KubeObject) {
    const where = groupVersion(group, version);
    super(
      "kube",
      `unable to recognize${isListed ? "" : ' "":'} no matches for kind ${JSON.stringify(kind)} in version ${
        JSON.stringify(where)
      }`,
      { hint: kindAdvice(known, where, kind), details: nameOf(kind, object) },
    );
    this.object = object;
    this.isListed = isListed;
    this.isCertain = ![...known.failed].some((failed) => failed.split("/", 1)[0] === group);
  }
}

/** Sets the namespace of a namespaced object, and removes that of a cluster-scoped one. */
function place(resource: ApiResource, namespace: string, object: JsonObject): ResourceInfo {
  const metadata = isObject(object.metadata) ? { ...object.metadata } : {};
  const placed = resource.namespaced ? asText(metadata.namespace) || namespace : "";
  if (placed === "") delete metadata.namespace;
  else metadata.namespace = placed;
  const placedObject = { ...object, metadata } as KubeObject;
  return { resource, name: asText(metadata.name), namespace: placed, object: placedObject };
}
