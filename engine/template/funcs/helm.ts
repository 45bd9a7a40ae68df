/**
 * Template functions that Helm 2 adds. Exports `helmFuncs`.
 *
 * Source: Helm 2.17.0, `pkg/engine/engine.go` and `pkg/chartutil/files.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { type GoMap, isMap, newMap, nilMap, sprintf } from "../../golang/mod.ts";
import { decodeJson, decodeYaml, encodeYaml } from "../../yaml/mod.ts";
import { jsonText, withoutStructs } from "./_json.ts";
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
function quietly(encode: (value: unknown) => string): (args: unknown[]) => string {
  return ([value]) => {
    try {
      return encode(value);
    } catch (error) {
      if (error instanceof SkegError) return "";
      throw error;
    }
  };
}

/** What Go's JSON calls the kind of a value. */
function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** An error becomes the map's key `Error`. */
function mapFrom(decode: (text: string) => unknown, complaint: string): (args: unknown[]) => GoMap {
  return ([text]) => {
    try {
      const value = decode(text as string);
      if (value === null || value === undefined) return nilMap();
      if (isMap(value)) return value as GoMap;
      throw new YamlError(
        `${complaint}json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`,
      );
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      const map = newMap();
      map["Error"] = error.message;
      return map;
    }
  };
}

/** Helm's functions by name. */
export const helmFuncs: FuncTable = {
  include: {
    params: ["string", "interface {}"],
    call: ([name, data], context) => context.include(name as string, data),
    steps: ([name, data], context) => context.includeSteps(name as string, data),
  },
  tpl: {
    params: ["string", "chartutil.Values"],
    call: ([source, values], context) => context.tpl(source as string, values),
    steps: ([source, values], context) => context.tplSteps(source as string, values),
  },
  required: { params: ["string", "interface {}"], call: required },
  toYaml: { params: ["interface {}"], call: quietly((value) => encodeYaml(withoutStructs(value))) },
  toJson: { params: ["interface {}"], call: quietly(jsonText) },
  fromYaml: { params: ["string"], call: mapFrom(decodeYaml, "error unmarshaling JSON: while decoding JSON: ") },
  fromJson: { params: ["string"], call: mapFrom(decodeJson, "") },
};
