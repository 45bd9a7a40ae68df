/**
 * Reads the fields that a server's refusal names. Pure.
 *
 * @module
 */
import { isObject, type KubeObject } from "../../engine/kube/mod.ts";

/** Words that follow a field in a refusal, as in `spec.replicas: Invalid value: -1`. */
const FIELD_ERRORS =
  "Invalid value|Required value|Unsupported value|Forbidden|Duplicate value|Too long|Too many|Not found";
const INVALID = new RegExp(`(?:^|: |\\[|, )([a-z]\\w*(?:\\.[\\w-]+|\\[[^\\]]+\\])*): (?:${FIELD_ERRORS})`, "g");
/** Go's words for a field that does not exist, or is there twice. */
const UNKNOWN = /(?:unknown|duplicate) field "([^"]+)"/g;
/** Go's words for a value of the wrong type. */
const WRONG_TYPE = /json: cannot unmarshal (\w+) into Go struct field \w+?\.([\w.]+) of type (\S+)/;
/** Go's types in the words of YAML. */
const TYPES: readonly (readonly [type: RegExp, words: string])[] = [
  [/^\*?string$/, "a text: write it in quotes"],
  [/^\*?u?int/, "a whole number: write it without quotes"],
  [/^\*?bool$/, "true or false: write it without quotes"],
  [/^\[\]/, "a list: begin each item with a dash"],
  [/^map\[|^v\d/, "a map: write key: value"],
];
/** Go's words for what was given, in the words of YAML. */
const GIVEN: Readonly<Record<string, string>> = {
  array: "a list",
  bool: "true or false",
  number: "a number",
  object: "a map",
  string: "a text",
};
/** More fields than these do not help. */
const FIELDS_MAX = 4;

/** Returns the paths of the fields that a refusal names, such as `spec.ports[0].port`; at most four. */
export function fieldsOf(message: string): string[] {
  const found = [...message.matchAll(UNKNOWN), ...message.matchAll(INVALID)].map(([, path = ""]) => path);
  return [...new Set(found)].slice(0, FIELDS_MAX);
}

/**
 * Returns the fields of the wrong type that a refusal means, and how to correct them; `undefined` for other refusals.
 * Go names the field without the positions in lists and the keys of maps: all fields of that type below it are meant.
 */
export function wrongType(
  message: string,
  object: KubeObject = {},
): { readonly fields: readonly string[]; readonly remedy: string } | undefined {
  const [, given = "", field, type = ""] = WRONG_TYPE.exec(message) ?? [];
  if (field === undefined) return undefined;
  const wanted = TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? `of type ${type}`;
  const fields = [...leaves(object, [], "")]
    .filter(({ names, value }) => isAt(names, field.split(".")) && typeOf(value) === given)
    .map(({ path }) => path).slice(0, FIELDS_MAX);
  return {
    fields: fields.length === 0 ? [field] : fields,
    remedy: `A value of its field ${field} is ${GIVEN[given] ?? given} and must be ${wanted}.`,
  };
}

/** One value inside of an object. */
interface Inner {
  /** The keys that lead to it, without positions. */
  readonly names: readonly string[];
  readonly path: string;
  readonly value: unknown;
}

function* leaves(value: unknown, names: readonly string[], path: string): Generator<Inner> {
  if (path !== "") yield { names, path, value };
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* leaves(item, names, `${path}[${at}]`);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, [...names, key], joined(path, key));
  }
}

function joined(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** True for the field itself and the values of a map in its place. */
function isAt(names: readonly string[], field: readonly string[]): boolean {
  return names.length <= field.length + 1 && field.every((name, at) => names[at] === name);
}

/** Go's word for the type of a value. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "bigint" ? "number" : typeof value;
}
