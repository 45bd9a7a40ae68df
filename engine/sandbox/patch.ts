/**
 * The four kinds of patch: JSON patch, merge patch, strategic merge patch and server-side apply.
 *
 * Source of the refusals: `apiserver/pkg/endpoints/handlers/patch.go`.
 *
 * @module
 */
import { messageOf, parseJson } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { mediaType, readCustom, readTyped } from "./body.ts";
import { apiVersionOf, type Call } from "./call.ts";
import { type Applier, applyObject } from "./fields/apply.ts";
import { versionsOf, writerOf } from "./fields/manage.ts";
import { type DecodedObject, decodeTyped } from "./decode.ts";
import { at, child, isMap, type Json, mapOf, textOf } from "./json.ts";
import type { Schema, Type } from "./schema.ts";
import { ApiError, badRequest, internal, invalid, invalidValue, required } from "./status.ts";
import type { MergeSchema } from "../kube/mod.ts";

/** A patch that was read from a request. */
export interface Patch {
  /** True when the patch creates an object that does not exist. */
  readonly creates: boolean;
  /** Returns the patched object, in the call's version. */
  readonly apply: (object: KubeObject | undefined) => KubeObject;
}

const APPLY = "application/apply-patch+yaml";
const BUILT_IN = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  APPLY,
];

function parsePatch(call: Call): unknown {
  try {
    return parseJson(call.request.body ?? "");
  } catch (error) {
    const message = (call.request.body ?? "").trim() === "" || /end of JSON|Unterminated|Expected/.test(String(error))
      ? "unexpected end of JSON input"
      : messageOf(error);
    throw badRequest(`error decoding patch: ${message}`);
  }
}

/** Reads the patch in the body; returns the function that applies it to an object. */
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
          // A JSON patch that fails, such as a `test` that does not hold, gets the bare text for
          // the status 422.
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
          throw internal(messageOf(error));
        }
      };
  }
}

/** The merge rules of a built-in type, from its own fields. */
function mergeSchema(schema: Schema, type: Type | undefined): MergeSchema {
  return {
    field(name) {
      // A key of a map has no rules; its value merges as the map's type says.
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

/** Returns a map as Go's `%v` prints it. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(" ")}]`;
  if (!isMap(value)) return value === null ? "<nil>" : String(value);
  return `map[${Object.keys(value).sort().map((key) => `${key}:${goMap(value[key])}`).join(" ")}]`;
}

/**
 * Sorts the keys of objects that the patch has touched, as the server's patches leave them. The
 * rest stays as it was.
 */
function ordered(value: unknown, patch: unknown): unknown {
  if (!isMap(value) || !isMap(patch)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, ordered(value[key], patch[key])]));
}

/**
 * Reads the patched object as its type. A value that does not fit is reported as a fault of the
 * patch, with the whole object or patch in the message.
 */
function readPatched(call: Call, schema: Schema, type: Type, patched: Json, strategic: boolean): KubeObject {
  const { resource } = call;
  const text = (): string => JSON.stringify(ordered(patched, parseJson(call.request.body ?? "null")));
  const refuse = (shown: string, why: string): ApiError =>
    invalid({ group: "", resource: "" }, "", [invalidValue("patch", shown, why)]);
  const wanted = apiVersionOf(resource);
  const kind = textOf(patched["kind"]);
  if (kind !== resource.kind || patched["apiVersion"] !== wanted) {
    const version = textOf(patched["apiVersion"]);
    throw refuse(
      text(),
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme ` +
        '"pkg/runtime/scheme.go:110"',
    );
  }
  try {
    return readTyped(call, schema, type, patched, resource);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = error.message.replace(/^.*? cannot be handled as a \w+: /, "");
    if (!strategic) throw refuse(text(), why);
    // A strategic merge patch fails while it is converted to the Go type; the words are those of
    // `apimachinery/pkg/runtime/converter.go`.
    const found = /cannot unmarshal (\w+).* of type (.*)$/.exec(why);
    const [from, to = ""] = [found?.[1] === "number" ? "int64" : found?.[1] ?? "", found?.[2]];
    const shape = to.startsWith("map[") ? "map" : to.startsWith("[]") ? "slice" : /^v\d/.test(to) ? "struct" : "";
    throw refuse(
      goMap(parseJson(call.request.body ?? "null")),
      found === null
        ? why
        : shape === ""
        ? `unrecognized type: ${to}`
        : `cannot restore ${shape} from${shape === "struct" ? ":" : ""} ${from}`,
    );
  }
}

/** Reads the applying manager and its options from the query. */
function readApplier(call: Call): Applier {
  const manager = call.query.get("fieldManager") ?? "";
  if (manager === "") {
    throw invalid({ group: "meta.k8s.io", resource: "PatchOptions" }, "", [
      required("fieldManager", "is required for apply patch"),
    ]);
  }
  return { ...writerOf(call), force: call.query.get("force") === "true" };
}

/** Refuses applied fields that the type does not have, whatever the query says about validation. */
function checkDeclared(call: Call, schema: Schema, type: Type, applied: Json): void {
  const { group, version, kind } = call.resource;
  const { unknown: [first] } = decodeApplied(call, schema, type, applied);
  if (first === undefined) return;
  const { namespace = "", name = "" } = mapOf(applied["metadata"]);
  throw internal(
    `failed to create typed patch object (${textOf(namespace)}/${textOf(name)}; ${group}/${version}, Kind=${kind}): ` +
      `.${first}: field not declared in schema`,
  );
}

function decodeApplied(call: Call, schema: Schema, type: Type, applied: Json): DecodedObject {
  try {
    return decodeTyped(schema, type, applied);
  } catch {
    // Decodes once more, to refuse in the words for a body. The line below is not reached.
    readTyped(call, schema, type, applied, call.resource);
    throw internal("failed to create typed patch object");
  }
}

/** Reads a server-side apply, which makes the object when it does not exist. */
async function serverSide(call: Call, schema: Schema, type: Type | undefined): Promise<Patch> {
  const { resource, route } = call;
  const applier = readApplier(call);
  const { decodeYaml } = await import("../lang/yaml/mod.ts");
  let applied: Json;
  try {
    applied = mapOf(parseJson(JSON.stringify(decodeYaml(call.request.body ?? "") ?? null)));
  } catch (error) {
    throw badRequest(`error decoding YAML: ${messageOf(error)}`);
  }
  if (applied["kind"] !== resource.kind || applied["apiVersion"] !== apiVersionOf(resource)) {
    const version = textOf(applied["apiVersion"]);
    throw badRequest(
      `invalid object type: ${version.includes("/") ? "" : "/"}${version}, Kind=${textOf(applied["kind"])}`,
    );
  }
  // A client that sends back what it read would claim the fields of all managers.
  if (at(applied, "metadata", "managedFields") !== undefined) throw badRequest("metadata.managedFields must be nil");
  if (at(applied, "metadata", "name") === undefined) child(applied, "metadata")["name"] = route.name;
  const name = textOf(at(applied, "metadata", "name"));
  if (name !== route.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${route.name})`);
  }
  if (type !== undefined) checkDeclared(call, schema, type, applied);
  const versions = versionsOf(call.machine, resource, route.subresource);
  return {
    creates: true,
    apply(object) {
      const merged = applyObject(object as Json | undefined ?? versions.empty, applied, versions, applier);
      if (type === undefined) return readCustom(call, schema, merged);
      return readTyped(call, schema, type, merged, resource);
    },
  };
}

/** Reads the patch in the body. */
export async function applyPatch(call: Call, schema: Schema): Promise<Patch> {
  const { resource } = call;
  const media = mediaType(call.request.contentType);
  // A strategic merge patch needs the merge keys of a Go type, which custom resources do not have.
  const accepted = resource.custom ? BUILT_IN.filter((t) => !t.includes("strategic")) : BUILT_IN;
  if (!accepted.includes(media)) {
    // A kind of patch that the resource does not take is answered with those it takes. Any other
    // media type gets the bare 415.
    if (BUILT_IN.includes(media)) {
      const message = "the body of the request was in an unknown format - accepted media types include: " +
        accepted.join(", ");
      throw new ApiError(415, "UnsupportedMediaType", message);
    }
    throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
  const type = schema.kind(resource.group, resource.version, resource.kind);
  if (media === APPLY) return await serverSide(call, schema, type);
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
