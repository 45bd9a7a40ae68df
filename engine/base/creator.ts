/**
 * Names by which a creation is recognised.
 *
 * An API server notes for every object which manager wrote which field. Each
 * creation names a manager that no other has, so that a note of it shows where
 * the object came from also when the answer was lost.
 *
 * @module
 */

/** Before the dash stands the name under which all later writes are made. */
const PREFIX = "skeg-";

/** The same for all creations of this process. */
let run: string | undefined;
let count = 0;

/** Returns a manager's name for one creation, of this process or any other: `skeg-1vvtepxldgl7h-2k`. */
export function newCreator(): string {
  run ??= crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(36);
  return `${PREFIX}${run}-${(++count).toString(36)}`;
}

/** True for a name that {@linkcode newCreator} made. */
export function isCreator(manager: string): boolean {
  return manager.startsWith(PREFIX);
}
