/**
 * Template functions that Helm 2 adds. Exports `helmFuncs`.
 *
 * Source: Helm 2.17.0, `pkg/engine/engine.go` and `pkg/chartutil/files.go`.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import { type GoMap, isMap, newMap, nilMap, sprintf } from "../../golang/mod.ts";
import { decodeJson, decodeYaml, encodeJson, toYaml } from "../../yaml/mod.ts";
import { type FuncContext, FuncError, type FuncTable } from "./func.ts";

function required([message, value]: unknown[], context: FuncContext): unknown {
  if (value !== null && value !== undefined && value !== "") return value;
  const text = message as string;
  if (context.missing !== undefined) {
    context.missing(text);
    return "";
  }
  // Helm 2: the message is taken for a format, so a `%` in it is read as a verb.
  throw new FuncError(sprintf(text));
}

/** Errors are swallowed: the text is empty then. */
function toJson(value: unknown): string {
  try {
    return encodeJson(value);
  } catch (error) {
    if (error instanceof SkegError) return "";
    throw error;
  }
}

/** Returns the name that Go's JSON decoder has for the kind of a value. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** The result of decoding. With an error, `value` may hold a part. */
interface Decoded {
  readonly value: unknown;
  readonly error?: string;
}

function decoded(decode: (text: string) => unknown, text: string): Decoded {
  try {
    return { value: decode(text) };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { value: undefined, error: error.message };
  }
}

const TOO_LARGE = /^json: cannot unmarshal number .* into Go value of type float64$/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/gs;

/** A number that does not fit becomes nil, and the rest is read all the same. */
function decodedJson(text: string): Decoded {
  const first = decoded(decodeJson, text);
  if (first.error === undefined || !TOO_LARGE.test(first.error)) return first;
  const fitting = text.replace(
    STRING_OR_NUMBER,
    (part) => part[0] === '"' || Number.isFinite(Number(part)) ? part : "null",
  );
  const { value } = decoded(decodeJson, fitting);
  return isMap(value) ? { value, error: first.error } : { value };
}

/** The map that was read; an error is its key `Error`. */
function asMap({ value, error }: Decoded, nothing: () => GoMap, complaint: string): GoMap {
  if (error === undefined && (value === null || value === undefined)) return nothing();
  const map = isMap(value) ? value as GoMap : newMap();
  if (error !== undefined) map["Error"] = error;
  else if (!isMap(value)) {
    map["Error"] = `${complaint}json: cannot unmarshal ${
      jsonKind(value)
    } into Go value of type map[string]interface {}`;
  }
  return map;
}

function fromYaml([text]: unknown[]): GoMap {
  const result = decoded(decodeYaml, text as string);
  return asMap(result, newMap, "error unmarshaling JSON: while decoding JSON: ");
}

function fromJson([text]: unknown[]): GoMap {
  return asMap(decodedJson(text as string), nilMap, "");
}

/** Helm's functions by name. */
export const helmFuncs: FuncTable = {
  include: {
    params: ["string", "interface {}"],
    call: ([name, data], context) => context.include(name as string, data),
    runsTemplate: true,
  },
  tpl: {
    params: ["string", "chartutil.Values"],
    call: ([source, values], context) => context.tpl(source as string, values),
    runsTemplate: true,
  },
  required: { params: ["string", "interface {}"], call: required },
  toYaml: { params: ["interface {}"], call: ([value]) => toYaml(value) },
  toJson: { params: ["interface {}"], call: ([value]) => toJson(value) },
  fromYaml: { params: ["string"], call: fromYaml },
  fromJson: { params: ["string"], call: fromJson },
};
