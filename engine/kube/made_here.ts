/**
 * Decides if a live object comes from a creation whose answer was lost.
 *
 * Servers record in `managedFields` which manager wrote an object, and each creation has a unique manager
 * name. Servers before 1.18 record nothing, and none does for an object with only a name: then content and
 * age decide.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { equalQuantities } from "../base/mod.ts";
import { asList, asObject, asText, isObject, type JsonObject } from "./json.ts";

/** A creation that may have been carried out. */
export interface CreationMark {
  /** Its manager name. */
  readonly creator: string;
  /** The server's time before it was sent, in whole Unix seconds; `undefined`: not known. */
  readonly since: number | undefined;
  /** The object as sent. */
  readonly object: KubeObject;
}

/**
 * True if a live object comes from this creation. One that another client created never counts, unless the
 * server records no managers and the other client created the same object in the same second or later.
 */
export function isFrom({ creator, since, object }: CreationMark, live: JsonObject): boolean {
  const managers = asList(asObject(live.metadata).managedFields).map((note) => asText(asObject(note).manager));
  if (managers.includes(creator)) return true;
  // Nothing is recorded for an object without fields, such as a ServiceAccount with only a name.
  if (managers.length > 0 && hasFields(object)) return false;
  const made = Date.parse(asText(asObject(live.metadata).creationTimestamp)) / 1000;
  return since !== undefined && made >= since && holds(live, object);
}

/** Metadata that the server always sets itself. */
const SERVERS_OWN: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "selfLink",
  "uid",
  "generation",
  "managedFields",
  "resourceVersion",
]);

/** True if the object has fields for which the server records managers. */
function hasFields({ apiVersion: _version, kind: _kind, status: _status, metadata, ...rest }: KubeObject): boolean {
  return Object.values(rest).some((value) => !isEmpty(value)) ||
    Object.entries(metadata ?? {}).some(([field, value]) =>
      field !== "name" && field !== "namespace" && !SERVERS_OWN.has(field) && !isEmpty(value)
    );
}

/** True if the live object has everything that was sent; additions and other spellings by the server do not count. */
function holds(live: JsonObject, sent: KubeObject): boolean {
  const metadata = asObject(live.metadata);
  if (metadata.deletionTimestamp !== undefined) return false;
  return Object.entries(sent).every(([field, value]) => {
    if (field === "status") return true; // the server empties it
    if (field === "stringData") return hasTexts(asObject(live.data), asObject(value));
    if (field !== "metadata") return includes(live[field], value);
    return Object.entries(asObject(value)).every(([key, wanted]) =>
      SERVERS_OWN.has(key) || includes(metadata[key], wanted)
    );
  });
}

/** True if a Secret has all of these texts. */
function hasTexts(data: JsonObject, texts: JsonObject): boolean {
  return Object.entries(texts).every(([key, text]) => data[key] === new TextEncoder().encode(asText(text)).toBase64());
}

function includes(live: unknown, sent: unknown): boolean {
  // Same as a missing field: the server writes a default or nothing.
  if (sent === null || sent === undefined) return true;
  // The server drops empty values.
  if (isEmpty(sent)) return isEmpty(live) || typeof live === typeof sent;
  if (Array.isArray(sent)) {
    return Array.isArray(live) && live.length >= sent.length &&
      sent.every((item, index) => includes(live[index], item));
  }
  if (isObject(sent)) {
    return isObject(live) && Object.entries(sent).every(([field, value]) => includes(live[field], value));
  }
  return live === sent || equalQuantities(live, sent);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
