/**
 * Maps one document of a stored manifest to API versions that the server has.
 *
 * Pure: what is live was read before.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { decodeDocument } from "../../kube/mod.ts";
import { type Mapped, mapRemovedApi, RemovedApiError, rewriteDocument, successorOf } from "../../served/mod.ts";
import { encodeJson, encodeYaml } from "../../yaml/mod.ts";
import { messageOf } from "../_calls.ts";
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

/** What becomes of a document. */
export interface DocumentOutcome {
  /** The new text; the old one when nothing changes; `undefined` when the document is left out. */
  readonly text: string | undefined;
  /** What the new text decodes to. */
  readonly data: unknown;
  /** For a person, in the order of objects. */
  readonly changes: readonly Omit<RepairChange, "record">[];
  /** What stays as it is. One that is `fatal` leaves the whole record as it is. */
  readonly notes: readonly (Omit<RepairNote, "record"> & { readonly fatal: boolean })[];
}

/** Collects what is said about the objects of one document. */
interface Said {
  readonly changes: Omit<RepairChange, "record">[];
  readonly notes: DocumentOutcome["notes"][number][];
}

/** In the place of an object that is left out. */
const LEFT_OUT = Symbol("left out");

/** Reads a document as the client of the cluster reads it: its last line is a whole line. */
export function decodeText(text: string): unknown {
  return decodeDocument(text.endsWith("\n") ? text : `${text}\n`);
}

/** Maps a document: one object, or a list of them. */
export function mapText(text: string, context: DocumentContext): DocumentOutcome {
  const same = { text, changes: [], notes: [] };
  let data: unknown;
  try {
    data = decodeText(text);
  } catch (error) {
    const note = {
      subject: "",
      text: `a document is not YAML: ${messageOf(error)}`,
      hint: "",
      unsolved: true,
      fatal: true,
    };
    return { ...same, data: undefined, notes: [note] };
  }
  if (!isObject(data)) return { ...same, data };
  const said: Said = { changes: [], notes: [] };
  const mapped = isList(data) ? mapList(data, context, said) : mapObject(data, context, said);
  if (mapped === LEFT_OUT) return { ...said, text: undefined, data: undefined };
  if (mapped === data || said.notes.some(({ fatal }) => fatal)) return { ...said, text, data };
  const rewritten = rewriteDocument(text, data, mapped, decodeText);
  if (rewritten !== undefined) return { ...said, text: rewritten, data: mapped };
  const reason = `the document cannot be written as ${mapped.apiVersion} so that it is read back without a loss`;
  return {
    ...same,
    data,
    notes: [{ subject: subjectOf(data, context), text: reason, hint: "", unsolved: true, fatal: true }],
  };
}

function mapObject(object: KubeObject, context: DocumentContext, said: Said): KubeObject | typeof LEFT_OUT {
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

/** Maps the items of a list; items without a kind of their own take the list's. */
function mapList(
  list: KubeObject & { items: unknown[] },
  context: DocumentContext,
  said: Said,
): KubeObject | typeof LEFT_OUT {
  const apiVersion = String(list.apiVersion ?? "");
  const itemKind = String(list.kind).replace(/List$/, "");
  const isServed = itemKind === ""
    ? context.server.servesVersion(apiVersion)
    : context.server.isServed(apiVersion, itemKind);
  const items = list.items.map((item) => {
    if (!isObject(item)) return item;
    if (isList(item)) return mapList(item, context, said);
    const isBare = !item.kind && !item.apiVersion;
    const whole = isBare ? { ...item, apiVersion, kind: itemKind } : item;
    const mapped = mapObject(whole, context, said);
    return mapped === whole ? (isServed ? item : whole) : mapped;
  });
  const kept = items.filter((item) => item !== LEFT_OUT);
  if (kept.length === 0 && list.items.length > 0) return LEFT_OUT;
  const isSame = kept.length === list.items.length && kept.every((item, index) => item === list.items[index]);
  if (isServed) return isSame ? list : { ...list, items: kept };
  // Nothing was mapped: the items are of kinds that nothing is known about.
  if (said.changes.length === 0) return list;
  // The list's own kind is gone too; its items say what they are.
  return { ...list, apiVersion: "v1", kind: "List", items: kept };
}

function isObject(data: unknown): data is KubeObject {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isList(object: KubeObject): object is KubeObject & { items: unknown[] } {
  return typeof object.kind === "string" && object.kind.endsWith("List") && Array.isArray(object.items);
}

/** Returns how messages name an object: `Deployment "web"`, `hook Job "web"`, `Role "web" in "other"`. */
function subjectOf({ kind, metadata }: KubeObject, { namespace, isHook }: DocumentContext): string {
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

/** True when documents hold what is expected, in that order. Those that hold nothing do not count. */
export function holdsExactly(documents: readonly string[], expected: readonly unknown[]): boolean {
  const isThere = (data: unknown): boolean => data !== null && data !== undefined;
  const found = documents.map(decodeText).filter(isThere);
  const wanted = expected.filter(isThere);
  return found.length === wanted.length && found.every((data, at) => encodeJson(data) === encodeJson(wanted[at]));
}
