/**
 * The head of a document: the kind of object, its name, and its annotations.
 *
 * Source: Helm 2.17.0, `pkg/releaseutil/manifest.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { compareBytes } from "../../lang/golang/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";

/** The identifying fields of a document; empty where the document has none. */
export interface Head {
  /** `apiVersion`. */
  readonly apiVersion: string;
  /** `kind`. */
  readonly kind: string;
  /** `metadata.name`. */
  readonly name: string;
  /** `metadata.namespace`, when it is text. */
  readonly namespace: string;
  /** `metadata.annotations`; without a prototype. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Returns the head of a document. As in Go's libraries, the case of keys is
 * ignored, and scalars become text.
 *
 * @throws SkegError of kind `yaml`, with the text of Go's libraries.
 */
export function readHead(document: string): Head {
  return headOf(decodeYaml(document));
}

/**
 * Returns the head of a document whose data is decoded already; integers may be `bigint`.
 *
 * @throws SkegError of kind `yaml`, with the text of Go's libraries.
 */
export function headOf(data: unknown): Head {
  const found = { apiVersion: "", kind: "", name: "", namespace: "" };
  const annotations: Record<string, string> = Object.create(null);
  const problems: string[] = [];
  const text = (value: unknown, field: string): string => {
    if (typeof value === "string") return value;
    if (value === null) return "";
    if (typeof value === "bigint") return String(Number(value)); // Helm 2 reads numbers as float64
    if (typeof value !== "object") return String(value);
    problems.push(`${typeOf(value)} into Go struct field ${field} of type string`);
    return "";
  };
  if (data !== null && !isMap(data)) problems.push(`${typeOf(data)} into Go value of type releaseutil.SimpleHead`);
  for (const [key, value] of fieldsOf(data)) {
    if (key === "apiversion") found.apiVersion = text(value, "SimpleHead.apiVersion");
    else if (key === "kind") found.kind = text(value, "SimpleHead.kind");
    else if (key === "metadata" && value !== null && !isMap(value)) {
      problems.push(`${typeOf(value)} into Go struct field SimpleHead.metadata of type ${METADATA_TYPE}`);
    } else if (key === "metadata") {
      for (const [inner, entry] of fieldsOf(value)) {
        if (inner === "name") found.name = text(entry, ".metadata.name");
        else if (inner === "namespace" && typeof entry === "string") found.namespace = entry;
        else if (inner === "annotations" && entry !== null && !isMap(entry)) {
          problems.push(`${typeOf(entry)} into Go struct field .metadata.annotations of type map[string]string`);
        } else if (inner === "annotations") {
          for (const [name, note] of Object.entries(entry ?? {})) {
            annotations[name] = text(note, ".metadata.annotations");
          }
        }
      }
    }
  }
  if (problems[0] !== undefined) {
    throw new SkegError("yaml", `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${problems[0]}`);
  }
  return { ...found, annotations };
}

const METADATA_TYPE =
  'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }';

/** Returns the entries of a map in the order of Go's JSON, with keys in lower case. */
function fieldsOf(value: unknown): [string, unknown][] {
  if (!isMap(value)) return [];
  return Object.keys(value).sort(compareBytes).map((key) => [key.toLowerCase(), value[key]]);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the JSON type of `value`, as Go's error messages name it. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isMap(value)) return "object";
  if (typeof value === "bigint") return "number";
  return typeof value === "boolean" ? "bool" : typeof value;
}
