/**
 * Prints decoded values in Go's notation (`%#v`), as some errors show them.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { compareBytes, formatFloat, quote } from "../golang/mod.ts";
import { ALIAS_NODE, type Child, MAPPING, type Node, SCALAR, SEQUENCE, targetOf } from "./node.ts";
import { fitsInt64 } from "./number.ts";
import type { Resolved } from "./resolve.ts";
import { isMergeKey, resolveNode } from "./scalar_node.ts";

/** Returns what `%#v` prints for the value of a node. */
export function goSyntax(node: Child): string {
  try {
    return print(node);
  } catch (error) {
    // A key can be too deep for the call stack, or too long for a string; its text is then left
    // out.
    if (error instanceof RangeError) throw new YamlError("yaml: invalid map key");
    throw error;
  }
}

function print(node: Child): string {
  if (typeof node !== "object" || node === null) return printScalar(resolveNode(node));
  switch (node.kind) {
    case SCALAR:
      return printScalar(resolveNode(node));
    case ALIAS_NODE:
      return print(node.target as Node);
    case SEQUENCE:
      return `[]interface {}{${node.children.map(print).join(", ")}}`;
    default: {
      const pairs = [...entries(node).values()].sort(compareKeys);
      const shown = pairs.map(({ key, value }) => `${printScalar(key)}:${print(value)}`);
      return `map[interface {}]interface {}{${shown.join(", ")}}`;
    }
  }
}

function printScalar({ type, value }: Resolved): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return type === "!!float" ? formatFloat(value, "g", -1) : String(value);
    case "bigint":
      return fitsInt64(value) ? String(value) : `0x${value.toString(16)}`;
    case "boolean":
      return String(value);
    default:
      // Nil prints with its type inside of a collection.
      return "interface {}(nil)";
  }
}

interface Pair {
  readonly key: Resolved;
  readonly value: Child;
}

/** Returns a map's pairs by key, merges included. The last of equal keys counts. */
function entries(map: Node, into = new Map<string, Pair>()): Map<string, Pair> {
  for (let i = 0; i + 1 < map.children.length; i += 2) {
    const key = targetOf(map.children[i] as Child);
    const value = map.children[i + 1] as Child;
    if (isMergeKey(map.children[i] as Child)) {
      const merged = typeof value === "object" && value?.kind === SEQUENCE ? value.children.toReversed() : [value];
      for (const one of merged.map(targetOf)) {
        if (typeof one === "object" && one?.kind === MAPPING) entries(one, into);
      }
    } else {
      const resolved = resolveNode(key);
      into.set(`${resolved.type} ${String(resolved.value)}`, { key: resolved, value });
    }
  }
  return into;
}

const RANKS = ["object", "boolean", "number", "string"];

/** Ranks keys: nil first, then by Go's type: bool, float64, int, string, uint64. */
function rank({ type, value }: Resolved): number {
  if (type === "!!int") return typeof value === "bigint" && !fitsInt64(value) ? RANKS.length : 2.5;
  return RANKS.indexOf(typeof value);
}

function compareKeys(a: Pair, b: Pair): number {
  const byType = rank(a.key) - rank(b.key);
  if (byType !== 0) return byType;
  const x = a.key.value, y = b.key.value;
  if (typeof x === "string" && typeof y === "string") return compareBytes(x, y);
  return Number(x) - Number(y);
}
