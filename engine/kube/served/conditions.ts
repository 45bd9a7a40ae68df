/**
 * The conditions of the table: code for each of its `when` texts.
 *
 * @module
 */
import { at, isEmpty } from "./plain.ts";
import type { FieldPlace } from "./places.ts";
import type { Work } from "./work.ts";

/** Returns true if a rule applies at a place. */
type Condition = (work: Work, place: FieldPlace) => boolean;

/** Conditions by their text in the table. `before` is the object before any rule of the conversion. */
const CONDITIONS: ReadonlyMap<string, Condition> = new Map<string, Condition>([
  ["metadata.labels is absent or empty", ({ object }) => isEmpty(at(object, "metadata", "labels"))],
  [
    "spec.strategy.type is absent or RollingUpdate",
    ({ object }) => ["", "RollingUpdate"].includes(String(at(object, "spec", "strategy", "type") ?? "")),
  ],
  ["spec.paramRef is there", ({ object }) => at(object, "spec", "paramRef") !== undefined],
  ["spec.autoSelector was true", ({ before }) => at(before, "spec", "autoSelector") === true],
  ["spec.autoSelector was not true", ({ before }) => at(before, "spec", "autoSelector") !== true],
  [
    "no schema, and preserveUnknownFields is absent or true: keeps the server from pruning, as before",
    ({ object }, { parent }) =>
      at(object, "spec", "preserveUnknownFields") !== false && isEmpty(at(parent, "schema", "openAPIV3Schema")),
  ],
  ["always on creation: true is refused there", () => true],
  [
    "it is 0: old versions read 0 as absent (30), v1 takes 0 as 0",
    ({ object }) => isZero(at(object, "spec", "limited", "nominalConcurrencyShares")),
  ],
]);

/** True if a rule applies: it has no condition, or its condition is true. */
export function holds(when: string | undefined, work: Work, place: FieldPlace): boolean {
  if (when === undefined) return true;
  const condition = CONDITIONS.get(when);
  if (condition === undefined) throw new Error(`the table has a condition without code: ${when}`);
  return condition(work, place);
}

function isZero(value: unknown): boolean {
  return (typeof value === "number" || typeof value === "bigint") && Number(value) === 0;
}
