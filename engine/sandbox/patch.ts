/**
 * The four kinds of patch.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { mediaType, readCustom, readTyped } from "./body.ts";
import { apiVersionOf, type Call } from "./call.ts";
import { isMap, type Json, textOf } from "./json.ts";
import type { Schema, Type } from "./schema.ts";
import { ApiError, badRequest, internal, invalid, invalidValue } from "./status.ts";

/** A patch, read and ready. */
export interface Patch {
  /** True when the patch makes an object that is not there. */
  readonly creates: boolean;
  /** The patched object, in the call's version. */
  readonly apply: (object: KubeObject | undefined) => KubeObject;
}

const BUILT_IN = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

function parsePatch(call: Call): unknown {
  try {
    return JSON.parse(call.request.body ?? "");
  } catch (error) {
    const message = (call.request.body ?? "").trim() === "" || /end of JSON|Unterminated|Expected/.test(String(error))
      ? "unexpected end of JSON input"
      : (error as Error).message;
    throw badRequest(`error decoding patch: ${message}`);
  }
}

async function applier(call: Call, schema: Schema, type: Type | undefined): Promise<(object: Json) => unknown> {
  const { applyJsonMergePatch, applyJsonPatch, applyStrategicMergePatch } = await import("../kube/mod.ts");
  const media = mediaType(call.request.contentType);
  const patch = parsePatch(call);
  switch (media) {
    case "application/json-patch+json":
      return (object) => {
        try {
          return applyJsonPatch(object, patch);
        } catch {
          throw new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
        }
      };
    case "application/merge-patch+json":
      return (object) => applyJsonMergePatch(object, patch);
    default:
      return (object) => {
        if (!isMap(patch)) throw badRequest("error decoding patch: json: cannot unmarshal into a map");
        try {
          return applyStrategicMergePatch(object, patch, mergeSchema(schema, type));
        } catch (error) {
          throw internal((error as Error).message);
        }
      };
  }
}

interface MergeRule {
  readonly merge: boolean;
  readonly replace: boolean;
  readonly retainKeys: boolean;
  readonly key: string;
  readonly inner: MergeSchema;
}
interface MergeSchema {
  field(name: string): MergeRule;
}

/** The merge rules of a built-in type, from its own fields. */
function mergeSchema(schema: Schema, type: Type | undefined): MergeSchema {
  return {
    field(name) {
      const bare = type?.is === "pointer" ? type.of : type;
      const found = bare?.is === "struct" ? schema.fields(bare.key).find((f) => f.name === name) : undefined;
      const own = found?.type ?? (bare?.is === "map" ? bare.of : undefined);
      const strategies = (found?.strategy ?? "").split(",");
      const element = own?.is === "list" ? own.of : own;
      return {
        merge: strategies.includes("merge"),
        replace: strategies.includes("replace"),
        retainKeys: strategies.includes("retainKeys"),
        key: found?.mergeKey ?? "",
        inner: mergeSchema(schema, element),
      };
    },
  };
}

/** A Go map as `%v` shows it. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(" ")}]`;
  if (!isMap(value)) return value === null ? "<nil>" : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goMap(value[key])}`).join(" ")}]`;
}

/** Reads what a patch made; what does not fit its type is the patch's fault. */
function readPatched(call: Call, schema: Schema, type: Type, patched: Json, strategic: boolean): KubeObject {
  const { resource } = call;
  const refuse = (shown: string, why: string): ApiError =>
    invalid({ group: "", resource: "" }, "", [invalidValue("patch", shown, why)]);
  const wanted = apiVersionOf(resource);
  const kind = textOf(patched["kind"]);
  if (kind !== resource.kind || patched["apiVersion"] !== wanted) {
    const version = textOf(patched["apiVersion"]);
    throw refuse(
      JSON.stringify(patched),
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme ` +
        '"pkg/runtime/scheme.go:110"',
    );
  }
  try {
    return readTyped(call, schema, type, patched, resource);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = error.message.replace(/^.*? cannot be handled as a \w+: /, "");
    if (!strategic) throw refuse(JSON.stringify(patched), why);
    const found = /cannot unmarshal (\w+).* of type (.*)$/.exec(why);
    const [from, to = ""] = [found?.[1] === "number" ? "int64" : found?.[1] ?? "", found?.[2]];
    const shape = to.startsWith("map[") ? "map" : to.startsWith("[]") ? "slice" : /^v\d/.test(to) ? "struct" : "";
    throw refuse(
      goMap(JSON.parse(call.request.body ?? "null")),
      found === null
        ? why
        : shape === ""
        ? `unrecognized type: ${to}`
        : `cannot restore ${shape} from${shape === "struct" ? ":" : ""} ${from}`,
    );
  }
}

/** Reads the patch in the body. */
export async function applyPatch(call: Call, schema: Schema): Promise<Patch> {
  const { resource } = call;
  const media = mediaType(call.request.contentType);
  const accepted = resource.custom ? BUILT_IN.filter((t) => !t.includes("strategic")) : BUILT_IN;
  if (!accepted.includes(media)) {
    if (BUILT_IN.includes(media)) {
      const message = "the body of the request was in an unknown format - accepted media types include: " +
        accepted.join(", ");
      throw new ApiError(415, "UnsupportedMediaType", message);
    }
    throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
  const type = schema.kind(resource.group, resource.version, resource.kind);
  const apply = await applier(call, schema, type);
  return {
    creates: false,
    apply(object) {
      const patched = apply((object ?? {}) as Json);
      if (!isMap(patched)) {
        throw invalid({ group: "", resource: "" }, "", [invalidValue("patch", patched, "not an object")]);
      }
      if (type === undefined) return readCustom(call, schema, patched);
      return readPatched(call, schema, type, patched, media.includes("strategic"));
    },
  };
}
