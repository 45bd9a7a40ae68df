/**
 * Defaults that differ between the versions, written where nothing is live yet.
 *
 * A live object has the old default in its stored form already. Written on
 * one side of a patch only, a default would become a change of behaviour.
 *
 * @module
 */
import { fieldOf, isMap, type JsonMap, listAt } from "./plain.ts";
import { setWhereAbsent } from "./structure.ts";
import type { Default } from "./table.ts";
import type { Work } from "./work.ts";

/** Lists whose items merge by a key: an item that the live object does not have is created. */
const MERGE_KEYS: Readonly<Record<string, string>> = { webhooks: "name" };

/** Writes the old version's defaults into an object, or into list items, that do not exist yet. */
export function applyDefaults(work: Work, defaults: readonly Default[]): void {
  if (!work.isTarget) return;
  for (const step of defaults) {
    if (work.isCreation) setWhereAbsent(work, step);
    else if (step.path.includes("[*].")) {
      setWhereAbsent(work, step, ({ parent }) => isNewItem(work, listOf(step.path), parent));
    }
  }
}

/** Name of the outermost list of a path. */
const listOf = (path: string): string => path.slice(0, path.indexOf("[*]"));

/**
 * True for an item of a list at the top of the object that the live object does not have.
 *
 * Lists without a merge key are replaced whole: their items are never new.
 */
export function isNewItem({ options: { live }, isCreation }: Work, list: string, item: JsonMap): boolean {
  if (isCreation) return true;
  if (!Object.hasOwn(MERGE_KEYS, list)) return false;
  const key = MERGE_KEYS[list] as string;
  const name = fieldOf(item, key);
  return !listAt(live, list).some((other) => isMap(other) && fieldOf(other, key) === name);
}
