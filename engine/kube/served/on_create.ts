/**
 * Writes defaults that differ between versions, where there is no live object.
 *
 * A live object already has the old default in its stored form. Writing a default on only one side of a patch
 * would change behaviour.
 *
 * @module
 */
import { fieldOf, isMap, type JsonMap, listAt } from "./plain.ts";
import { setWhereAbsent } from "./structure.ts";
import type { Default } from "./table.ts";
import type { Work } from "./work.ts";

/** Lists whose items merge by a key: items that the live object lacks are created. */
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

/** Returns the name of the outermost list of a path. */
const listOf = (path: string): string => path.slice(0, path.indexOf("[*]"));

/**
 * True for an item of a top-level list that the live object lacks.
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
