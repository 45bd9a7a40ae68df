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
 * that begins with `{` is JSON, one value after another.
 */
export function splitDocuments(text: string): string[] {
  if (/^\s*\{/.test(text)) return splitJson(text);
  return text.split(/^---[^\S\n]*\r?$\n?/m).filter((document) => document.trim() !== "");
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
  const refuse = (problem: string): SkegError => new SkegError("kube", `unable to decode "": ${problem}`);
  const prefix = "couldn't get version/kind; json parse error: json: cannot unmarshal";
  if (!isObject(data)) {
    return refuse(
      `${prefix} ${jsonKind(data)} into Go value of type struct ` +
        `{ APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`,
    );
  }
  const { kind, apiVersion = "" } = data;
  if (kind === undefined || kind === null || kind === "") {
    return refuse(`Object 'Kind' is missing in '${stringifyJson(data)}'`);
  }
  if (typeof kind !== "string") return refuse(`${prefix} ${jsonKind(kind)} into Go struct field .kind of type string`);
  if (typeof apiVersion !== "string" && apiVersion !== null) {
    return refuse(`${prefix} ${jsonKind(apiVersion)} into Go struct field .apiVersion of type string`);
  }
  const parts = (apiVersion ?? "").split("/");
  if (parts.length > 2) return refuse(`unexpected GroupVersion string: ${apiVersion}`);
  const [group, version] = parts.length === 2 ? parts : ["", parts[0]];
  return { wanted: { group: group ?? "", version: version ?? "", kind }, object: data };
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
): ResourceInfo[] {
  if (entry instanceof SkegError) {
    problems.push(entry);
    return [];
  }
  const { wanted, object } = entry;
  const resource = findResource(known, wanted);
  if (resource === undefined) {
    problems.push(unknownKind(wanted));
    return [];
  }
  const { items, apiVersion = "" } = object;
  if (!Array.isArray(items)) return [place(resource, namespace, object)];
  return items.flatMap((item) => {
    const bare = isObject(item) && !item.kind && !item.apiVersion;
    const full = bare ? { ...item, apiVersion, kind: wanted.kind.replace(/List$/, "") } : item;
    return locateAll(known, namespace, kindOf(full), problems);
  });
}

function unknownKind({ group, version, kind }: WantedKind): SkegError {
  const where = groupVersion(group, version);
  return new SkegError(
    "kube",
    `unable to recognize "": no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(where)}`,
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
