/**
 * Label selectors and field selectors, as text in a query and as objects in a spec.
 *
 * Source: `apimachinery/pkg/labels/selector.go` and `apimachinery/pkg/fields/selector.go`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { at, isMap, listOf, mapOf, mapsOf, textOf } from "./json.ts";
import { badRequest } from "./status.ts";

/** True for labels that a selector matches. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

function meets(labels: Readonly<Record<string, string>>, { key, operator, values }: Requirement): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      // An absent label is not in the list: `!=` and `notin` match objects without it.
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

const KEY = "(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?";
// The forms of one requirement, each with its reader.
const FORMS: [RegExp, (m: RegExpExecArray) => Requirement][] = [
  [
    new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`),
    (m) => ({
      key: m[1] ?? "",
      operator: m[2] === "in" ? "In" : "NotIn",
      values: (m[3] ?? "").split(",").map((value) => value.trim()),
    }),
  ],
  [
    new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([A-Za-z0-9_.-]*)$`),
    (m) => ({ key: m[1] ?? "", operator: m[2] === "!=" ? "NotIn" : "In", values: [m[3] ?? ""] }),
  ],
  [
    new RegExp(`^(${KEY})\\s*([<>])\\s*(\\d+)$`),
    (m) => ({ key: m[1] ?? "", operator: m[2] === ">" ? "Gt" : "Lt", values: [m[3] ?? ""] }),
  ],
  [new RegExp(`^!\\s*(${KEY})$`), (m) => ({ key: m[1] ?? "", operator: "DoesNotExist", values: [] })],
  [new RegExp(`^(${KEY})$`), (m) => ({ key: m[1] ?? "", operator: "Exists", values: [] })],
];

/** Splits at commas that are not inside parentheses. */
function splitSelector(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/**
 * Reads a selector such as `app=web,tier in (a, b),!old`.
 *
 * @throws ApiError when the text is none.
 */
export function readLabelSelector(text: string): LabelTest {
  if (text.trim() === "") return () => true;
  const requirements = splitSelector(text).map((part): Requirement => {
    for (const [form, read] of FORMS) {
      const found = form.exec(part);
      if (found) return read(found);
    }
    throw badRequest(describe(part));
  });
  return (labels) => requirements.every((requirement) => meets(labels, requirement));
}

/** Returns the parser's message for the first part of a requirement that it does not accept. */
function describe(part: string): string {
  const rest = /^[^=!<>\s]+\s*(?:==|=|!=)\s*[^=\s]*(.+)$/.exec(part)?.[1];
  if (rest !== undefined) return `found '${rest.trim().slice(0, 1)}', expected: ',' or 'end of string'`;
  const set = /^\S+\s+(?:in|notin)\s+(\S+)/.exec(part)?.[1];
  if (set !== undefined && !set.startsWith("(")) return `unable to parse requirement: found '${set}' expected: '('`;
  if (part.startsWith("!")) return `unable to parse requirement: found '${part.slice(1, 2)}', expected: identifier`;
  return `unable to parse requirement: found '${part}', expected: !, identifier, or 'end of string'`;
}

/**
 * Returns the test of a spec's selector: `matchLabels` and `matchExpressions`. An empty selector
 * matches everything, an absent one nothing.
 */
export function selectorOf(selector: unknown): LabelTest {
  if (!isMap(selector)) return () => false;
  const labels = Object.entries(mapOf(selector["matchLabels"]));
  const requirements = [
    ...labels.map(([key, value]): Requirement => ({ key, operator: "In", values: [textOf(value)] })),
    ...mapsOf(selector["matchExpressions"]).map((e): Requirement => ({
      key: textOf(e["key"]),
      operator: textOf(e["operator"]),
      values: listOf(e["values"]).map(textOf),
    })),
  ];
  return (given) => requirements.every((requirement) => meets(given, requirement));
}

/** True for objects that a selector matches. */
export type ObjectTest = (object: KubeObject) => boolean;

function fieldValue(object: KubeObject, path: string): string {
  if (path === "source") return textOf(at(object, "source", "component"));
  if (path === "status.successful") return String(at(object, "status", "succeeded") ?? 0);
  const stored = path.startsWith("regarding.") ? path.replace("regarding.", "involvedObject.") : path;
  const value = at(object, ...stored.split("."));
  if (value === undefined || value === null) {
    // The server compares texts of Go's fields, whose zero values are not all empty.
    return /unschedulable|hostNetwork/.test(path) ? "false" : path === "status.replicas" ? "0" : "";
  }
  return String(value);
}

/**
 * Reads a field selector such as `metadata.name=web,status.phase!=Running`.
 *
 * @param resource Fields of the kind besides name and namespace, and those that a CRD names.
 * @throws ApiError when the text is none, or the resource has no such field.
 */
export function readFieldSelector(
  text: string,
  resource: { readonly builtIn: readonly string[] | undefined; readonly selectable: readonly string[] },
): ObjectTest {
  if (text.trim() === "") return () => true;
  const own = resource.builtIn;
  const allowed = ["metadata.name", "metadata.namespace", ...(own ?? []), ...resource.selectable];
  const terms = text.split(",").filter((part) => part !== "").map((part) => {
    const found = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
    if (!found) throw badRequest(`invalid field selector: ${JSON.stringify(text)}; can't understand '${part}'`);
    const path = (found[1] ?? "").trim();
    if (!allowed.includes(path)) {
      // Kinds with fields of their own refuse in their own conversion, all others in the default
      // one: hence two messages.
      const known = allowed.map((name) => `"${name}"`).join(", ");
      throw badRequest(
        own ? `field label not supported: ${path}` : `"${path}" is not a known field selector: only ${known}`,
      );
    }
    return { path, equal: found[2] !== "!=", value: found[3] ?? "" };
  });
  return (object) => terms.every(({ path, equal, value }) => (fieldValue(object, path) === value) === equal);
}
