/**
 * Scalars of the tree: what they stand for as values and as keys.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `decode.go`; ghodss/yaml c7ce166.
 *
 * @module
 */

import { type Child, SCALAR } from "./node.ts";
import { fitsInt64, formatSingle } from "./number.ts";
import { type Resolved, resolvePlain, resolveTagged } from "./resolve.ts";

/** The text that a key becomes in JSON, or `undefined` when it cannot. */
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
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(Math.fround(value))) return value > 0 ? ".inf" : "-.inf";
  return formatSingle(value);
}

/** What a scalar stands for. */
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

/** Whether a key takes in the keys of other maps. */
export function isMergeKey(node: Child): boolean {
  return typeof node === "object" && node !== null && node.value === "<<" && node.kind === SCALAR &&
    (node.implicit || node.tag === "tag:yaml.org,2002:merge");
}
