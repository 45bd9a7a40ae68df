/**
 * Brings objects into a form in which the same content looks the same.
 *
 * @module
 */
import { isObject, type JsonObject, type KubeObject } from "../mod.ts";

/** Fields of `metadata` that the server keeps for itself. */
const SERVER_METADATA = [
  "managedFields",
  "resourceVersion",
  "uid",
  "generation",
  "creationTimestamp",
  "selfLink",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

/**
 * Returns an object without `status` and without the server's bookkeeping; `stringData` of a Secret becomes `data`.
 * The object itself is not changed.
 */
export function normalObject(object: KubeObject): JsonObject {
  const { status: _, ...rest } = object as JsonObject;
  const metadata = isObject(rest.metadata) ? { ...rest.metadata } : {};
  for (const field of SERVER_METADATA) delete metadata[field];
  return withoutStringData({ ...rest, metadata });
}

/** True for a Secret of the core group. */
export function isSecret(object: { readonly apiVersion?: unknown; readonly kind?: unknown } | undefined): boolean {
  return object?.kind === "Secret" && object.apiVersion === "v1";
}

function withoutStringData(object: JsonObject): JsonObject {
  if (!isSecret(object) || !isObject(object.stringData)) return object;
  const { stringData, ...rest } = object;
  const data: JsonObject = isObject(rest.data) ? { ...rest.data } : {};
  for (const [key, value] of Object.entries(stringData as JsonObject)) {
    data[key] = typeof value === "string" ? base64Of(value) : value;
  }
  return { ...rest, data };
}

/** Base64 of a text's UTF-8 bytes. */
function base64Of(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
