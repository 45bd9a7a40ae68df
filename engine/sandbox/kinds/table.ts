/**
 * The rules of all built-in kinds, by the name they are stored under.
 *
 * @module
 */
import type { Rules } from "./rules.ts";

const TABLE: Readonly<Record<string, Rules>> = {};

const NONE: Rules = {};

/** The rules of a resource; empty for kinds that have none of their own. */
export function rulesOf(storage: string): Rules {
  return TABLE[storage] ?? NONE;
}
