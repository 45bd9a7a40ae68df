/**
 * Maps one object of a stored manifest to an API version that the server has.
 *
 * Pure: live objects were read before.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { type Mapped, mapRemovedApi, RemovedApiError, successorOf } from "../../kube/served/mod.ts";
import { encodeJson, encodeYaml } from "../../lang/yaml/mod.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { RepairChange, RepairNote } from "./repair.ts";

/** Context for mapping a document. */
export interface DocumentContext {
  /** The API versions of the server. */
  readonly server: Pick<ClusterView, "isServed" | "servesVersion">;
  /** Returns the live object for an object of a document; `undefined` when there is none. */
  readonly liveOf: (object: KubeObject) => KubeObject | undefined;
  /** The release's namespace: messages name only other namespaces. */
  readonly namespace: string;
  /** True for a hook, which is always created and never patched. */
  readonly isHook: boolean;
  /** If true, leaves out objects whose API has no successor. */
  readonly skipRemoved: boolean;
  /** If true, allows conversions that change an object's behaviour. */
  readonly allowLossy: boolean;
}

/** Messages about the objects of one document. */
export interface Said {
  /** Changes for display, in the order of objects. */
  readonly changes: Omit<RepairChange, "record">[];
  /** Objects that are not changed, and why. A `fatal` note keeps the whole record unchanged. */
  readonly notes: (Omit<RepairNote, "record"> & { readonly fatal: boolean })[];
}

/** Returned for an object that is left out. */
export const LEFT_OUT = Symbol("left out");

/**
 * Maps an object, and adds messages about it to `said`.
 *
 * @returns The same object when it needs no change.
 */
export function mapObject(object: KubeObject, context: DocumentContext, said: Said): KubeObject | typeof LEFT_OUT {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return object;
  if (context.server.isServed(apiVersion, kind)) return object;
  const subject = subjectOf(object, context);
  const note = (text: string, more: { hint?: string; unsolved?: boolean; fatal?: boolean } = {}): KubeObject => {
    said.notes.push({ subject, text, hint: "", unsolved: false, fatal: false, ...more });
    return object;
  };
  const next = successorOf(apiVersion, kind, context.server.isServed);
  if (next === "unknown") return note(`the server does not have ${apiVersion}, and no successor is known`);
  if (next === "none") {
    if (!context.skipRemoved) {
      return note(`${apiVersion} has no successor`, { hint: "--skip-removed leaves it out of the record." });
    }
    const texts = { before: shown(object), after: "" };
    said.changes.push({ subject, before: apiVersion, after: "left out", details: [], texts });
    return LEFT_OUT;
  }
  try {
    const { object: mapped, changes } = mapWhole(object, context);
    said.changes.push({
      subject,
      before: apiVersion,
      after: String(mapped.apiVersion),
      details: changes.filter((change) => !change.startsWith("apiVersion: ")),
      texts: { before: shown(object), after: shown(mapped) },
    });
    return mapped;
  } catch (error) {
    if (!(error instanceof RemovedApiError)) throw error;
    const isUnwritten = error.situation === "not-converted" || error.situation === "not-served-yet";
    return note(withoutName(error), { hint: error.hint ?? "", unsolved: true, fatal: !isUnwritten });
  }
}

/**
 * Maps an object for storing.
 *
 * A live object is only patched from its text later, so only its structure is mapped: defaults that both
 * versions leave out stay left out. An object that is not live would be created from its text, so the old
 * version's defaults are written out, as in mapping for creation. If that fails, the structure is mapped
 * anyway: the text then names an API that the server has, and the server reports missing fields.
 */
function mapWhole(object: KubeObject, context: DocumentContext): Mapped {
  const { isServed } = context.server;
  const live = context.isHook ? undefined : context.liveOf(object);
  if (live !== undefined) return mapRemovedApi(object, { isServed, live, side: "old" });
  try {
    return mapRemovedApi(object, { isServed, side: "target", allowLossy: context.allowLossy });
  } catch (error) {
    if (!(error instanceof RemovedApiError)) throw error;
    const mapped = mapRemovedApi(object, { isServed, side: "old" });
    return { ...mapped, changes: [...mapped.changes, `structure only: ${withoutName(error)}`] };
  }
}

/** Returns an object's name for messages: `Deployment "web"`, `hook Job "web"`, `Role "web" in "other"`. */
export function subjectOf({ kind, metadata }: KubeObject, { namespace, isHook }: DocumentContext): string {
  const own = metadata?.namespace ?? "";
  const where = own === "" || own === namespace ? "" : ` in ${JSON.stringify(own)}`;
  return `${isHook ? "hook " : ""}${kind} ${
    JSON.stringify(String(metadata?.name ?? metadata?.generateName ?? ""))
  }${where}`;
}

/** Returns the message of a refusal without the object's name, which is printed before it. */
function withoutName(error: RemovedApiError): string {
  return error.message.startsWith(error.object) ? error.message.slice(error.object.length).trim() : error.message;
}

/** Returns an object as YAML, for a line-by-line diff. */
function shown(object: KubeObject): string {
  try {
    return encodeYaml(object);
  } catch {
    return `${encodeJson(object)}\n`; // a value that YAML cannot hold
  }
}
