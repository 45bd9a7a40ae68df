/**
 * Tells which of two versions of an object a live object was made from.
 *
 * @module
 */
import type { KubeObject } from "../mod.ts";
import { align } from "./align.ts";
import { covers, isAsAbsent, type TypeFacts, typeFacts } from "./equal.ts";
import { normalObject } from "./normal.ts";
import type { FieldPath } from "./paths.ts";

/**
 * True if the live object has `own`'s value in every field in which `own` and `other` differ. Fields that are equal in
 * both say nothing, so for equal objects the result is true.
 *
 * A field that `own` does not have must be absent, or have another value than `other`'s: the server may have filled in a
 * default.
 *
 * @param own `undefined`: this version does not have the object, so there must be no live one.
 * @param other `undefined`: the other version does not have the object, so a live one is `own`'s.
 * @param live `undefined`: there is no live object.
 */
export function isAsIn(
  own: KubeObject | undefined,
  other: KubeObject | undefined,
  live: KubeObject | undefined,
): boolean {
  if (own === undefined) return other === undefined || live === undefined;
  if (live === undefined) return false;
  if (other === undefined) return true;
  const facts = typeFacts(own.apiVersion ?? "", own.kind ?? "");
  let fits = true;
  align([own, other, live].map(normalObject), facts, (path, [mine, theirs, found], isOrder) => {
    if (isVersion(path)) return;
    fits &&= isOrder ? hasOrder(mine, found) : hasValue(path, mine, theirs, found, facts);
  });
  return fits;
}

/** True if the live object has every field of `manifest`, with the same value. It may have more. */
export function hasAllFields(manifest: KubeObject, live: KubeObject): boolean {
  const facts = typeFacts(manifest.apiVersion ?? "", manifest.kind ?? "");
  let fits = true;
  align([manifest, live].map(normalObject), facts, (path, [wanted, found], isOrder) => {
    if (isVersion(path) || wanted === undefined) return;
    // The server fills in the namespace.
    fits &&= isOrder ? hasOrder(wanted, found) : covers(path, wanted, found, facts);
  });
  return fits;
}

function hasValue(path: FieldPath, mine: unknown, theirs: unknown, found: unknown, facts: TypeFacts): boolean {
  if (mine !== undefined) return covers(path, mine, found, facts);
  return isAsAbsent(path, found, facts) || !covers(path, theirs, found, facts);
}

/** The same object may be stored and read in different versions. */
function isVersion(path: FieldPath): boolean {
  return path.length === 1 && path[0] === "apiVersion";
}

/** True if the items that both lists have are in the same order. */
function hasOrder(mine: unknown, found: unknown): boolean {
  if (!Array.isArray(mine) || !Array.isArray(found)) return true;
  const common = (list: unknown[], other: unknown[]): string => list.filter((id) => other.includes(id)).join("\n");
  return common(mine, found) === common(found, mine);
}
