/**
 * One entry of `asserts`.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/assertion.go`, `pkg/unittest/valueutils/documentselector.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { nearest, orList } from "../../base/mod.ts";
import { Int, isMap } from "../../lang/golang/mod.ts";
import { ASSERTS } from "./assert_table.ts";
import { goType } from "./equal.ts";
import type { Assert, DocumentSelector } from "./model.ts";

/** Keys of an entry besides the assert's name. */
const OTHER_KEYS = ["template", "documentIndex", "not", "documentSelector"];

function problem(message: string): SkegError {
  return new SkegError("chart", message);
}

/**
 * Reads one assert. Unknown keys beside its name are ignored unless `strict`.
 *
 * @throws SkegError of kind `chart` when there is no known name, or more than one; the hint suggests names.
 */
export function parseAssert(entry: unknown, strict: boolean): Assert {
  if (!isMap(entry)) throw problem("no assertion type defined");
  const selector = selectorOf(entry["documentSelector"]);
  const names = Object.keys(entry).filter((key) => Object.hasOwn(ASSERTS, key));
  const [type, second] = names;
  if (second !== undefined) throw problem(`assertion type \`${type}\` and \`${second}\` is declared duplicately`);
  const unknown = Object.keys(entry).find((key) => !names.includes(key) && !OTHER_KEYS.includes(key));
  if (type === undefined) {
    if (unknown === undefined) throw problem("no assertion type defined");
    const meant = nearest(unknown, Object.keys(ASSERTS));
    throw new SkegError("chart", `Assertion type \`${unknown}\` is invalid`, {
      hint: meant.length === 0 ? undefined : `did you mean ${orList(meant)}?`,
    });
  }
  if (strict && unknown !== undefined) throw problem(`key \`${unknown}\` of an assert is not known`);
  if (strict && ASSERTS[type]?.isOwn) throw problem(`Assertion type \`${type}\` is not one of helm-unittest's`);
  const { template, documentIndex, not } = entry;
  return {
    type,
    params: paramsOf(type, entry[type]),
    not: not === true,
    template: typeof template === "string" ? template : "",
    documentIndex: documentIndex instanceof Int ? Number(documentIndex.value) : -1,
    documentSelector: selector,
  };
}

/** Go's types of parameters; the others take any value. */
const PARAM_TYPES: Readonly<Record<string, string>> = {
  path: "string",
  pattern: "string",
  file: "string",
  event: "string",
  message: "string",
  of: "string",
  type: "string",
  kind: "string",
  apiversion: "string",
  name: "string",
  namespace: "string",
  errormessage: "string",
  errorpattern: "string",
  count: "int",
  any: "bool",
  decodebase64: "bool",
  filteraware: "bool",
};

/** Returns parameters by their names in lower case, as Go's decoder compares them. */
function paramsOf(type: string, given: unknown): Readonly<Record<string, unknown>> {
  if (given === null || given === undefined) return {};
  if (!isMap(given)) throw problem(`parameters of \`${type}\`: expected a map, got '${goType(given)}'`);
  const params: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const name = key.toLowerCase();
    const wanted = PARAM_TYPES[name];
    const found = goType(value);
    const fits = wanted === undefined || value === null || found === wanted || wanted === "int" && found === "float64";
    if (!fits) {
      throw problem(
        `1 error(s) decoding:\n\n* '${key}' expected type '${wanted}', got unconvertible type '${found}'`,
      );
    }
    params[name] = value;
  }
  return params;
}

/** Returns the `documentSelector` of a job or assert; that of an assert must have a path. */
export function selectorOf(given: unknown, needsPath = true): DocumentSelector | undefined {
  if (!isMap(given)) return undefined;
  const { path, value, matchMany, skipEmptyTemplates } = given;
  if (typeof path !== "string" && needsPath) throw problem("empty 'documentSelector.path' not supported");
  return {
    path: typeof path === "string" ? path : "",
    value: value ?? null,
    matchMany: matchMany === true,
    skipEmptyTemplates: skipEmptyTemplates === true,
  };
}
