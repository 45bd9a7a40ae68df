/**
 * Chooses the form of an answer from the `Accept` header: plain objects, metadata alone, or the
 * server's table; as JSON or YAML.
 *
 * Source: `apiserver/pkg/endpoints/handlers/negotiation` and `handlers/response.go`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { answer, apiVersionOf, type Call, withWarningHeaders } from "./call.ts";
import { fromStored } from "./convert.ts";
import type { Json } from "./json.ts";
import { ApiError } from "./status.ts";
import { type Form, tableOf } from "./table.ts";

const PLAIN: Form = { as: "object", version: "v1", type: "application/json" };

/**
 * Returns the first form of an `Accept` header that can be served. Protobuf cannot, so a client
 * that prefers it gets the form it names next.
 *
 * @throws ApiError when nothing fits.
 */
export function readAccept(accept: string | undefined): Form {
  if (accept === undefined || accept.trim() === "") return PLAIN;
  for (const part of accept.split(",")) {
    const [media = "", ...rest] = part.trim().split(";").map((text) => text.trim());
    // Quality values are not weighed: clients name first what they prefer.
    const given = new Map(rest.map((text) => {
      const [key = "", value = ""] = text.split("=");
      return [key, value];
    }));
    if (!["application/json", "*/*", "application/*", "application/yaml"].includes(media)) continue;
    const as = given.get("as") ?? "";
    const version = given.get("v") ?? "v1";
    if (as === "") return media === "application/yaml" ? { ...PLAIN, type: media } : PLAIN;
    if (given.get("g") !== "meta.k8s.io" || !["v1", "v1beta1"].includes(version)) continue;
    if (as === "Table") return { as: "table", version, type: "application/json" };
    if (as.startsWith("PartialObjectMetadata")) return { as: "metadata", version, type: "application/json" };
  }
  const types = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
  const all = [...types, "application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
  const message = `406: Not Acceptable\n\nAvailable representations: ${all.join(", ")}`;
  throw new ApiError(406, "NotAcceptable", message, {});
}

/** Returns the metadata of an object alone. */
export function metadataOf(form: Form, object: KubeObject): Json {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: `meta.k8s.io/${form.version}`,
    metadata: object.metadata ?? {},
  };
}

/** Returns a stored object in the form that the client asked for. */
export function shaped(call: Call, form: Form, object: KubeObject): unknown {
  const own = fromStored(call.resource, object);
  if (form.as === "metadata") return metadataOf(form, own);
  if (form.as === "table") {
    // Columns of built-in kinds are made for the version that is stored.
    const rows = [call.resource.custom ? own : object];
    return tableOf(call, form, rows, { resourceVersion: own.metadata?.resourceVersion });
  }
  return own;
}

/** Returns a list of stored objects in the form that the client asked for. */
export function shapedList(call: Call, form: Form, objects: readonly KubeObject[], metadata: Json): unknown {
  const own = objects.map((object) => fromStored(call.resource, object));
  if (form.as === "table") return tableOf(call, form, call.resource.custom ? own : objects, metadata);
  if (form.as === "metadata") {
    return {
      kind: "PartialObjectMetadataList",
      apiVersion: `meta.k8s.io/${form.version}`,
      metadata,
      items: own.map((object) => metadataOf(form, object)),
    };
  }
  // The items of a built-in list do not repeat their kind; those of a custom one do.
  const items = call.resource.custom ? own : own.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest);
  return { kind: call.resource.listKind, apiVersion: apiVersionOf(call.resource), metadata, items };
}

/** Answers with one object, in the form that the client asked for. */
export async function answerObject(call: Call, status: number, object: KubeObject): Promise<Response> {
  const form = readAccept(call.request.accept);
  return await send(call, status, form, shaped(call, form, object));
}

/** Answers with data that already has its form. */
export async function send(call: Call, status: number, form: Form, data: unknown): Promise<Response> {
  const response = form.type === "application/yaml" ? await yamlAnswer(status, data) : answer(status, data);
  return withWarningHeaders(response, call.warnings);
}

async function yamlAnswer(status: number, data: unknown): Promise<Response> {
  const { encodeYaml } = await import("../lang/yaml/mod.ts");
  return new Response(encodeYaml(data), { status, headers: { "content-type": "application/yaml" } });
}
