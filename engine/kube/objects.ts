/**
 * Manifest text → objects, each with the resource it maps to. Creates nothing.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (BuildUnstructured), which uses
 * Kubernetes' resource builder; `release-pipeline.md` 8.2.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type Discovered, type Discovery, findResource, type WantedKind } from "./discovery.ts";
import { asText, isObject, type JsonObject } from "./json.ts";
import { groupVersion } from "./paths.ts";
import type { ApiResource, KubeCallOptions, ResourceInfo } from "./types.ts";
import { decodeDocument, stringifyJson } from "./yaml.ts";

/** One object of a manifest and the kind it says it is. */
interface Decoded {
  readonly wanted: WantedKind;
  readonly object: JsonObject;
}

/**
 * Parses the documents of `manifest` and maps each object through discovery.
 *
 * A namespaced object without a namespace gets `namespace`; a cluster-scoped
 * one loses any. Lists are expanded. A kind that is not known makes discovery
 * be read again, once.
 *
 * @throws SkegError; one error prints as is, several as `[e1, e2]`.
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

/** One error as is, several as `[e1, e2]`, equal messages once. */
function joinProblems(problems: readonly SkegError[]): SkegError | undefined {
  const [first] = problems;
  const messages = [...new Set(problems.map(({ message }) => message))];
  if (first === undefined || messages.length === 1) return first;
  return new SkegError(first.kind, `[${messages.join(", ")}]`, { cause: first });
}

/** The objects of a manifest, and what is wrong with it, in the order of its documents. */
function decodeManifest(manifest: string): (Decoded | SkegError)[] {
  const entries: (Decoded | SkegError)[] = [];
  for (const document of splitDocuments(manifest)) {
    let data: unknown;
    try {
      data = decodeDocument(document);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // The stream cannot be read past this point.
      return [...entries, new SkegError("yaml", `error parsing : ${message}`, { cause })];
    }
    if (data !== null && data !== undefined) entries.push(kindOf(data));
  }
  return entries;
}

/**
 * The documents of a stream: cut at lines of `---` and white space; a stream
 * that begins with `{` is JSON, one value after another. Every document ends
 * in a line break, added where the stream has none: it decides how a block
 * scalar on the last line ends.
 */
export function splitDocuments(text: string): string[] {
  if (/^\s*\{/.test(text)) return splitJson(text);
  const whole = text.endsWith("\n") ? text : text + "\n";
  return whole.split(/^---[^\S\n]*\r?$\n?/m).filter((document) => document.trim() !== "");
}

/** Cuts a stream of JSON objects at the end of each outermost brace. */
function splitJson(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|[{}[\]]/g)) {
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

function kindOf(data: unknown): Decoded | SkegError {
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

/** What an object says it is; `undefined` when it does not, or in a form that cannot be read. */
function wantedKind(data: JsonObject): WantedKind | undefined {
  const parts = asText(data.apiVersion).split("/");
  const kind = asText(data.kind);
  if (kind === "" || parts.length > 2) return undefined;
  return { kind, group: parts.length === 2 ? parts[0] ?? "" : "", version: parts.at(-1) ?? "" };
}

/** An item of a list, as an object of its own. */
function itemOf(item: unknown, list: Decoded): Decoded | SkegError {
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

/** The objects that one entry stands for: itself, or the items of a list. */
function locateAll(
  known: Discovered,
  namespace: string,
  entry: Decoded | SkegError,
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
    problems.push(unknownKind(wanted, listed));
    return [];
  }
  const { items } = object;
  if (Array.isArray(items)) {
    return items.flatMap((item) => locateAll(known, namespace, itemOf(item, entry), problems, true));
  }
  // Helm 2: an object without an apiVersion is found, but its requests lead nowhere.
  return [place({ ...resource, version: wanted.version }, namespace, object)];
}

function unknownKind({ group, version, kind }: WantedKind, listed: boolean): SkegError {
  const where = groupVersion(group, version);
  // Helm 2: the name of the source, which is empty here, is missing for items of a list.
  const source = listed ? "" : ' "":';
  return new SkegError(
    "kube",
    `unable to recognize${source} no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(where)}`,
    { hint: "Check that the cluster serves this kind; a CustomResourceDefinition may have to be created first." },
  );
}

/** Gives a namespaced object its namespace, and takes any from a cluster-scoped one. */
function place(resource: ApiResource, namespace: string, object: JsonObject): ResourceInfo {
  const metadata = isObject(object.metadata) ? { ...object.metadata } : {};
  const placed = resource.namespaced ? asText(metadata.namespace) || namespace : "";
  if (placed === "") delete metadata.namespace;
  else metadata.namespace = placed;
  const placedObject = { ...object, metadata } as KubeObject;
  return { resource, name: asText(metadata.name), namespace: placed, object: placedObject };
}
