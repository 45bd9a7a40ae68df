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
import type { KubeCallOptions, ResourceInfo } from "./types.ts";
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
  const problems: SkegError[] = [];
  const decoded = decodeManifest(manifest, problems);
  if (decoded.length === 0 && problems.length === 0) return [];
  let known = await discovery.get(options);
  if (decoded.some(({ wanted }) => findResource(known, wanted) === undefined)) {
    known = await discovery.refresh(options);
  }
  const infos = decoded.flatMap((item) => {
    const info = locate(known, namespace, item, problems);
    return info === undefined ? [] : expand(known, namespace, info, problems);
  });
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

function decodeManifest(manifest: string, problems: SkegError[]): Decoded[] {
  const decoded: Decoded[] = [];
  for (const document of splitDocuments(manifest)) {
    let data: unknown;
    try {
      data = decodeDocument(document);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // The stream cannot be read past this point.
      problems.push(new SkegError("yaml", `error parsing : ${message}`, { cause }));
      break;
    }
    if (data === null || data === undefined) continue;
    const wanted = kindOf(data, problems);
    if (wanted !== undefined && isObject(data)) decoded.push({ wanted, object: data });
  }
  return decoded;
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

function kindOf(data: unknown, problems: SkegError[]): WantedKind | undefined {
  const kind = isObject(data) ? data.kind : undefined;
  const apiVersion = isObject(data) ? data.apiVersion ?? "" : "";
  let problem: string | undefined;
  if (!isObject(data)) {
    problem =
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(data)} into Go value of ` +
      `type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
  } else if (kind === undefined || kind === null || kind === "") {
    problem = `Object 'Kind' is missing in '${stringifyJson(data)}'`;
  } else if (typeof kind !== "string" || typeof apiVersion !== "string") {
    const [field, value] = typeof kind !== "string" ? ["kind", kind] : ["apiVersion", apiVersion];
    problem = `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} ` +
      `into Go struct field .${field} of type string`;
  } else {
    const parts = apiVersion.split("/");
    if (parts.length <= 2) {
      return { kind, group: parts.length === 2 ? parts[0] ?? "" : "", version: parts.at(-1) ?? "" };
    }
    problem = `unexpected GroupVersion string: ${apiVersion}`;
  }
  problems.push(new SkegError("kube", `unable to decode "": ${problem}`));
  return undefined;
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}

function locate(
  known: Discovered,
  namespace: string,
  { wanted, object }: Decoded,
  problems: SkegError[],
): ResourceInfo | undefined {
  const resource = findResource(known, wanted);
  if (resource === undefined) {
    const where = groupVersion(wanted.group, wanted.version);
    problems.push(
      new SkegError(
        "kube",
        `unable to recognize "": no matches for kind ${JSON.stringify(wanted.kind)} in version ${
          JSON.stringify(where)
        }`,
        { hint: "Check that the cluster serves this kind; a CustomResourceDefinition may have to be created first." },
      ),
    );
    return undefined;
  }
  if (Array.isArray(object.items)) return { resource, name: "", namespace: "", object: object as KubeObject };
  const metadata = isObject(object.metadata) ? { ...object.metadata } : {};
  const given = asText(metadata.namespace);
  const placed = resource.namespaced ? given || namespace : "";
  if (placed === "") delete metadata.namespace;
  else metadata.namespace = placed;
  const placedObject = { ...object, metadata } as KubeObject;
  return { resource, name: asText(metadata.name), namespace: placed, object: placedObject };
}

/** The objects of a list, or the object itself. */
function expand(known: Discovered, namespace: string, info: ResourceInfo, problems: SkegError[]): ResourceInfo[] {
  const { items, kind = "", apiVersion = "" } = info.object;
  if (!Array.isArray(items)) return [info];
  return items.flatMap((item) => {
    const full = isObject(item) && !item.kind && !item.apiVersion
      ? { ...item, apiVersion, kind: kind.replace(/List$/, "") }
      : item;
    const wanted = kindOf(full, problems);
    if (wanted === undefined || !isObject(full)) return [];
    const found = locate(known, namespace, { wanted, object: full }, problems);
    return found === undefined ? [] : expand(known, namespace, found, problems);
  });
}
