/**
 * The four kinds of patch.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { mediaType, readTyped } from "./body.ts";
import { type Call } from "./call.ts";
import { isMap, type Json } from "./json.ts";
import type { Schema, Type } from "./schema.ts";
import { ApiError, badRequest, invalid, invalidValue } from "./status.ts";

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
        return applyStrategicMergePatch(object, patch, mergeSchema(schema, type));
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
      if (type === undefined) return patched as KubeObject;
      return readTyped(call, schema, type, patched, resource);
    },
  };
}
