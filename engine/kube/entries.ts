/**
 * The objects in the decoded data of a document.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { asText, isObject, type JsonObject } from "./json.ts";
import { stringifyJson } from "./yaml.ts";

/** A group and version as a manifest writes them. */
export interface WantedKind {
  /** Empty for the core group. */
  readonly group: string;
  /** Empty when the manifest names no apiVersion. */
  readonly version: string;
  /** Such as `Deployment`. */
  readonly kind: string;
}

/** One object of a manifest and its kind. */
export interface ManifestEntry {
  /** The kind that the object names. */
  readonly wanted: WantedKind;
  /** As in the manifest; not to be changed. */
  readonly object: JsonObject;
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
  return new SkegError("kube", `unable to decode "": ${problem}`, {
    hint: "Every document that a template renders is an object with apiVersion, kind and metadata, or is empty.",
  });
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
