/**
 * Parses a manifest into objects, each with its resource. Creates nothing.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (BuildUnstructured), which uses
 * Kubernetes' resource builder; `release-pipeline.md` 8.2.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { type Discovered, type Discovery, findResource, type WantedKind } from "./discovery.ts";
import { asText, isObject, type JsonObject } from "./json.ts";
import { groupVersion } from "./paths.ts";
import type { ApiResource, KubeCallOptions, ResourceInfo } from "./types.ts";
import { decodeDocument, stringifyJson } from "./yaml.ts";

/** One object of a manifest and its kind. */
export interface ManifestEntry {
  readonly wanted: WantedKind;
  readonly object: JsonObject;
}

/**
 * Parses the documents of `manifest` and maps each object through discovery.
 *
 * A namespaced object without a namespace gets `namespace`; a cluster-scoped one loses any. Lists are
 * expanded. For an unknown kind, discovery is read again, once.
 *
 * @throws SkegError; one error is thrown unchanged, several as `[e1, e2]`.
 */
export async function buildObjects(
  discovery: Discovery,
  namespace: string,
  manifest: string,
  options: KubeCallOptions = {},
): Promise<ResourceInfo[]> {
  const entries = decodeManifest(manifest);
  if (entries.length === 0) return [];
  let known = await discovery.get(options);
  if (entries.some((entry) => !(entry instanceof SkegError) && findResource(known, entry.wanted) === undefined)) {
    known = await discovery.refresh(options);
  }
  const problems: SkegError[] = [];
  const infos = entries.flatMap((entry) => locateAll(known, namespace, entry, problems));
  const problem = joinProblems(problems);
  if (problem !== undefined) throw problem;
  return infos;
}

/** Returns a single error unchanged, several as `[e1, e2]`; equal messages appear once. */
function joinProblems(problems: readonly SkegError[]): SkegError | undefined {
  const [first] = problems;
  const messages = [...new Set(problems.map(({ message }) => message))];
  if (first === undefined || messages.length === 1) return first;
  return new ManifestProblems(first, problems, `[${messages.join(", ")}]`);
}

/** Several problems of a manifest; the message lists them as Helm does. */
export class ManifestProblems extends SkegError {
  /** At least two. */
  readonly problems: readonly SkegError[];

  /** The error's kind is that of the first. */
  constructor(first: SkegError, problems: readonly SkegError[], message: string) {
    super(first.kind, message, { cause: first });
    this.problems = problems;
  }
}

/** An object as a manifest names it. */
export interface NamedObject {
  /** Empty for the core group. */
  readonly group: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** As the manifest has it; empty when it names none. */
  readonly namespace: string;
  /** `metadata.name`. */
  readonly name: string;
}

/** Returns the objects that a manifest names, lists expanded. Skips documents that cannot be read. Pure. */
export function namedObjects(manifest: string): NamedObject[] {
  const found: NamedObject[] = [];
  const visit = (entry: ManifestEntry | SkegError): void => {
    if (entry instanceof SkegError) return;
    const { items } = entry.object;
    if (Array.isArray(items)) return items.forEach((item) => visit(itemOf(item, entry)));
    const metadata = isObject(entry.object.metadata) ? entry.object.metadata : {};
    const { group, kind } = entry.wanted;
    found.push({ group, kind, namespace: asText(metadata.namespace), name: asText(metadata.name) });
  };
  decodeManifest(manifest).forEach(visit);
  return found;
}

/**
 * A cache of the last decoded manifests: an operation decodes the same one several times. The oldest is
 * dropped first.
 */
const decodedLately = new Map<string, readonly (ManifestEntry | SkegError)[]>();
const DECODED_MAX = 4;

/**
 * Returns the objects and the problems of a manifest, in the order of its documents. Callers share the
 * objects and must not change them.
 */
export function decodeManifest(manifest: string): readonly (ManifestEntry | SkegError)[] {
  const known = decodedLately.get(manifest);
  if (known !== undefined) return known;
  const entries = decodeDocuments(manifest);
  const [oldest] = decodedLately.keys();
  if (decodedLately.size >= DECODED_MAX && oldest !== undefined) decodedLately.delete(oldest);
  decodedLately.set(manifest, entries);
  return entries;
}

function decodeDocuments(manifest: string): (ManifestEntry | SkegError)[] {
  const entries: (ManifestEntry | SkegError)[] = [];
  for (const document of splitDocuments(manifest)) {
    let data: unknown;
    try {
      data = decodeDocument(document);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // The rest of the stream cannot be read.
      return [...entries, new SkegError("yaml", `error parsing : ${message}`, { cause })];
    }
    if (data !== null && data !== undefined) entries.push(kindOf(data));
  }
  return entries;
}

/**
 * Splits a stream into documents, at lines of `---` and white space; a stream that begins with `{` is a
 * sequence of JSON values. Every document ends in a line break, added if missing, because that decides how a
 * block scalar on the last line ends.
 */
export function splitDocuments(text: string): string[] {
  if (/^\s*\{/.test(text)) return splitJson(text);
  const whole = text.endsWith("\n") ? text : text + "\n";
  return whole.split(/^---[^\S\n]*\r?$\n?/m).filter((document) => document.trim() !== "");
}

/** The documents of a stream, and a function that joins them again. */
export interface CutManifest {
  /** As {@linkcode splitDocuments} returns them. */
  readonly documents: string[];
  /** Returns the stream with other documents in the same places; `undefined` removes a document and its separator. */
  readonly join: (documents: readonly (string | undefined)[]) => string;
}

/** Splits a stream so that documents can be replaced; all other text is kept. */
export function cutDocuments(text: string): CutManifest {
  if (/^\s*\{/.test(text)) {
    return { documents: splitJson(text), join: (given) => given.filter((one) => one !== undefined).join("\n") };
  }
  const isOpen = !text.endsWith("\n");
  // Odd indexes hold separators.
  const parts = (isOpen ? text + "\n" : text).split(/(^---[^\S\n]*\r?$\n?)/m);
  const places = [...parts.keys()].filter((index) => index % 2 === 0 && parts[index]?.trim() !== "");
  return {
    documents: places.map((index) => parts[index] ?? ""),
    join: (given) => {
      const pieces: string[] = [...parts];
      for (const [turn, index] of places.entries()) {
        const document = given[turn];
        pieces[index] = document ?? "";
        if (document === undefined && index > 0) pieces[index - 1] = "";
      }
      const joined = pieces.join("");
      return isOpen ? joined.replace(/\n$/, "") : joined;
    },
  };
}

/** Splits a stream of JSON objects at the end of each outermost brace. */
function splitJson(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth += 1;
    if (token !== "}" && token !== "]") continue;
    depth -= 1;
    if (depth > 0) continue;
    documents.push(text.slice(start, index + 1));
    start = index + 1;
  }
  if (text.slice(start).trim() !== "") documents.push(text.slice(start));
  return documents;
}

/** Returns a document's object and kind, or its problem. */
export function kindOf(data: unknown): ManifestEntry | SkegError {
  if (!isObject(data)) {
    return undecodable(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(data)} into Go value of type ` +
        `struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`,
    );
  }
  const wanted = wantedKind(data);
  if (wanted === undefined) return undecodable(`Object 'Kind' is missing in '${stringifyJson(data)}'`);
  if (data.items !== undefined && data.items !== null && !Array.isArray(data.items)) {
    const kind = jsonKind(data.items);
    return undecodable(
      `json: cannot unmarshal ${kind} into Go struct field decodeList.Items of type []json.RawMessage`,
    );
  }
  return { wanted, object: data };
}

function undecodable(problem: string): SkegError {
  return new SkegError("kube", `unable to decode "": ${problem}`);
}

/** Returns an object's kind and API version; `undefined` when they are missing or malformed. */
function wantedKind(data: JsonObject): WantedKind | undefined {
  const parts = asText(data.apiVersion).split("/");
  const kind = asText(data.kind);
  if (kind === "" || parts.length > 2) return undefined;
  return { kind, group: parts.length === 2 ? parts[0] ?? "" : "", version: parts.at(-1) ?? "" };
}

/** Returns an item of a list as an object. */
export function itemOf(item: unknown, list: ManifestEntry): ManifestEntry | SkegError {
  if (!isObject(item)) {
    return undecodable(`json: cannot unmarshal ${jsonKind(item)} into Go value of type map[string]interface {}`);
  }
  const bare = !item.kind && !item.apiVersion;
  const kind = list.wanted.kind.replace(/List$/, "");
  const object = bare ? { ...item, apiVersion: list.object.apiVersion, kind } : item;
  const wanted = wantedKind(object);
  if (wanted !== undefined) return { wanted, object };
  return new SkegError(
    "kube",
    `unable to get type info from the object "*unstructured.Unstructured": ` +
      "Object 'Kind' is missing in 'object has no kind field '",
  );
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
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
    problems.push(new UnknownKindError(known, wanted, listed));
    return [];
  }
  const { items } = object;
  if (Array.isArray(items)) {
    return items.flatMap((item) => locateAll(known, namespace, itemOf(item, entry), problems, true));
  }
  // Helm 2: an object without an apiVersion is found, but its requests have an invalid path.
  return [place({ ...resource, version: wanted.version }, namespace, object)];
}

/** A manifest names a kind that the server does not have; the message is Helm's. */
export class UnknownKindError extends SkegError {
  /** False if the server could not list that group: the kind may exist. */
  readonly isCertain: boolean;
  /** True for an item of a list. */
  readonly isListed: boolean;

  /** Helm 2: the name of the source, which is empty here, is missing for items of a list. */
  constructor(known: Discovered, { group, version, kind }: WantedKind, isListed: boolean) {
    const where = groupVersion(group, version);
    super(
      "kube",
      `unable to recognize${isListed ? "" : ' "":'} no matches for kind ${JSON.stringify(kind)} in version ${
        JSON.stringify(where)
      }`,
      { hint: "Check that the cluster serves this kind; a CustomResourceDefinition may have to be created first." },
    );
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
