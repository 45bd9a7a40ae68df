/**
 * Scalars of the tree as values and as keys.
 *
 * @module
 */

import { type Child, SCALAR } from "./node.ts";
import { fitsInt64, formatSingle } from "./number.ts";
import { type Resolved, resolvePlain, resolveTagged } from "./resolve.ts";

/** Returns the text of a key in JSON, or `undefined` when it can have none. */
export function keyText({ type, value }: Resolved): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return String(value);
    case "bigint":
      return fitsInt64(value) ? value.toString() : undefined;
    case "number":
      return type === "!!float" ? floatKey(value) : String(value);
    default:
      return undefined;
  }
}

function floatKey(value: number): string {
  // Keys have the precision of 32 bits, so a large number can become an infinity.
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(Math.fround(value))) return value > 0 ? ".inf" : "-.inf";
  return formatSingle(value);
}

/** Resolves a scalar to its type and value. */
export function resolveNode(node: Child): Resolved {
  if (typeof node !== "object" || node === null) return { type: typeOfScalar(node), value: node };
  if (node.tag === "") {
    return node.implicit ? resolvePlain(node.value) : { type: "!!str", value: node.value };
  }
  return resolveTagged(node.tag, node.value);
}

function typeOfScalar(value: string | number | boolean | null): Resolved["type"] {
  if (value === null) return "!!null";
  return typeof value === "string" ? "!!str" : typeof value === "number" ? "!!int" : "!!bool";
}

/** True for a key that merges other maps into its own. */
export function isMergeKey(node: Child): boolean {
  return typeof node === "object" && node !== null && node.value === "<<" && node.kind === SCALAR &&
    (node.implicit || node.tag === "tag:yaml.org,2002:merge");
}
