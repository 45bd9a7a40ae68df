/**
 * Refuses what YAML has and JSON has not: some keys, infinities and NaN.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { compareBytes, type GoMap, Int } from "../golang/mod.ts";
import { goSyntax } from "./go_syntax.ts";
import type { Child } from "./node.ts";

/** Keys that JSON cannot have, by their notation, for each map that has any. */
export type BadKeys = ReadonlyMap<GoMap, ReadonlyMap<string, BadKey>>;

/** A key that JSON cannot have. */
export interface BadKey {
  readonly key: Child;
  readonly value: Child;
}

/** Throws when a map that is part of `root` has a key that JSON cannot have. */
export function checkKeys(root: unknown, badKeys: BadKeys): void {
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null || value instanceof Int) continue;
    const bad = badKeys.get(value as GoMap)?.values().next().value;
    if (bad !== undefined) {
      const type = topSyntax(bad.key) === "<nil>" ? "%!s(<nil>)" : "uint64";
      throw new YamlError(
        `Unsupported map key of type: ${type}, key: ${topSyntax(bad.key)}, value: ${topSyntax(bad.value)}`,
      );
    }
    // Reversed, so that the stack yields them in their own order: the first error is reported.
    pushReversed(rest, Object.values(value));
  }
}

/** A value in Go's notation by itself, where nil has no type. */
function topSyntax(node: Child): string {
  const text = goSyntax(node);
  return text === "interface {}(nil)" ? "<nil>" : text;
}

/** Throws for the first number, in the order of JSON text, that JSON cannot have. */
export function checkFloats(root: unknown): void {
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new YamlError(`json: unsupported value: ${Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"}`);
    }
    if (typeof value !== "object" || value === null || value instanceof Int) continue;
    const map = value as GoMap;
    pushReversed(rest, Array.isArray(value) ? value : Object.keys(map).sort(compareBytes).map((key) => map[key]));
  }
}

function pushReversed(stack: unknown[], items: readonly unknown[]): void {
  for (let i = items.length - 1; i >= 0; i--) stack.push(items[i]);
}
