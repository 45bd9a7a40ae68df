/**
 * Maps one object of a stored manifest to an API version that the server has.
 *
 * Pure: what is live was read before.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { type Mapped, mapRemovedApi, RemovedApiError, successorOf } from "../../kube/served/mod.ts";
import { encodeJson, encodeYaml } from "../../lang/yaml/mod.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { RepairChange, RepairNote } from "./repair.ts";

/** What a document is mapped with. */
export interface DocumentContext {
  /** What the server has. */
  readonly server: Pick<ClusterView, "isServed" | "servesVersion">;
  /** The live object of one that a document names; `undefined` when there is none. */
  readonly liveOf: (object: KubeObject) => KubeObject | undefined;
  /** The release's namespace: messages name others. */
  readonly namespace: string;
  /** The document is a hook: it is always created, never patched. */
  readonly isHook: boolean;
  /** Leave objects out whose API has no successor. */
  readonly skipRemoved: boolean;
  /** Consent to conversions that change what an object does. */
  readonly allowLossy: boolean;
}

/** What is said about the objects of one document. */
export interface Said {
  /** For a person, in the order of objects. */
  readonly changes: Omit<RepairChange, "record">[];
  /** What stays as it is. One that is `fatal` leaves the whole record as it is. */
  readonly notes: (Omit<RepairNote, "record"> & { readonly fatal: boolean })[];
}

/** In the place of an object that is left out. */
export const LEFT_OUT = Symbol("left out");

/**
 * Maps an object, and adds to `said` what is to be said about it.
 *
 * @returns The same object when it stays as it is.
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
 * One that is live is only patched when its text is used again: structure
 * alone, so that a default which both versions leave out stays left out. One
 * that is not live is created from its text: then the defaults of the old
 * version are written too, as they are when it is mapped on creation. What
 * could not be created is mapped by structure all the same: its text names an
 * API that the server has, and the server says what is missing.
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

/** Returns how messages name an object: `Deployment "web"`, `hook Job "web"`, `Role "web" in "other"`. */
export function subjectOf({ kind, metadata }: KubeObject, { namespace, isHook }: DocumentContext): string {
  const own = metadata?.namespace ?? "";
  const where = own === "" || own === namespace ? "" : ` in ${JSON.stringify(own)}`;
  return `${isHook ? "hook " : ""}${kind} ${
    JSON.stringify(String(metadata?.name ?? metadata?.generateName ?? ""))
  }${where}`;
}

/** The message of a refusal without the object's name, which stands before it already. */
function withoutName(error: RemovedApiError): string {
  return error.message.startsWith(error.object) ? error.message.slice(error.object.length).trim() : error.message;
}

/** An object as YAML, for comparing line by line. */
function shown(object: KubeObject): string {
  try {
    return encodeYaml(object);
  } catch {
    return `${encodeJson(object)}\n`; // a value that YAML cannot hold
  }
}
