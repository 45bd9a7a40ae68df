/**
 * Maps one document of a stored manifest to API versions that the server has.
 *
 * Pure: live objects were read before.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { decodeDocument } from "../../kube/mod.ts";
import { isKnownKind, rewriteDocument } from "../../kube/served/mod.ts";
import { encodeJson } from "../../lang/yaml/mod.ts";
import { type DocumentContext, LEFT_OUT, mapObject, type Said, subjectOf } from "./map_object.ts";
import { messageOf } from "../../base/mod.ts";

/** Result of mapping a document. */
export interface DocumentOutcome {
  /** The new text; the old one when nothing changes; `undefined` when the document is left out. */
  readonly text: string | undefined;
  /** The decoded new text. */
  readonly data: unknown;
  /** Changes for display, in the order of objects. */
  readonly changes: Readonly<Said["changes"]>;
  /** Objects that are not changed, and why. A `fatal` note keeps the whole record unchanged. */
  readonly notes: Readonly<Said["notes"]>;
}

/** Decodes a document as the cluster's client does: with a line break at its end. */
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
  const reason = `the document cannot be written as ${mapped.apiVersion} without a loss`;
  return {
    ...same,
    data,
    notes: [{ subject: subjectOf(data, context), text: reason, hint: "", unsolved: true, fatal: true }],
  };
}

/** Maps the items of a list; items without a kind take the list's. */
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
  if (said.changes.length === 0) {
    // The items stay unchanged, or their kind is unknown.
    if (said.notes.length > 0 || !isKnownKind(apiVersion, itemKind)) return list;
    said.changes.push({ subject: String(list.kind), before: apiVersion, after: "v1", details: ["kind: List"] });
  }
  // A typed list becomes a plain List; its items have their own kinds.
  return { ...list, apiVersion: "v1", kind: "List", items: kept };
}

function isObject(data: unknown): data is KubeObject {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isList(object: KubeObject): object is KubeObject & { items: unknown[] } {
  return typeof object.kind === "string" && object.kind.endsWith("List") && Array.isArray(object.items);
}

/** True if documents decode to the expected values, in that order. Empty documents do not count. */
export function holdsExactly(documents: readonly string[], expected: readonly unknown[]): boolean {
  const isThere = (data: unknown): boolean => data !== null && data !== undefined;
  const found = documents.map(decodeText).filter(isThere);
  const wanted = expected.filter(isThere);
  return found.length === wanted.length && found.every((data, at) => encodeJson(data) === encodeJson(wanted[at]));
}
