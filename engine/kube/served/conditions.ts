/**
 * The conditions of the table. Its `when` texts are for people; here is what each of them means.
 *
 * @module
 */
import { at, isEmpty } from "./plain.ts";
import type { Place } from "./places.ts";
import type { Work } from "./work.ts";

/** Says whether a rule applies at a place. */
type Condition = (work: Work, place: Place) => boolean;

/** By the text in the table. `before` is the object as it was before any rule of the conversion. */
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

/** True when a rule without condition, or whose condition holds, is to be applied. */
export function holds(when: string | undefined, work: Work, place: Place): boolean {
  if (when === undefined) return true;
  const condition = CONDITIONS.get(when);
  if (condition === undefined) throw new Error(`the table has a condition without code: ${when}`);
  return condition(work, place);
}

function isZero(value: unknown): boolean {
  return (typeof value === "number" || typeof value === "bigint") && Number(value) === 0;
}
