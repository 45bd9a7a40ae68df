/**
 * Unique field manager names, by which skeg recognises objects that it created.
 *
 * An API server records for every object which manager wrote which field. Each
 * creation uses a unique manager name, so the managed fields of an object show
 * which request created it, even when the answer to that request was lost.
 *
 * @module
 */

/** The text before the dash is the manager name of all later writes. */
const PREFIX = "skeg-";

/** The random part that all creations of this process share. */
let run: string | undefined;
let count = 0;

/** Returns a manager name such as `skeg-1vvtepxldgl7h-2k` for one creation; unique also across processes. */
export function newCreator(): string {
  run ??= crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(36);
  return `${PREFIX}${run}-${(++count).toString(36)}`;
}

/** True if `manager` has the form of a name that {@linkcode newCreator} returns. */
export function isCreator(manager: string): boolean {
  return manager.startsWith(PREFIX);
}
