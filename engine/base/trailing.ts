/**
 * The end of a text, found from its end.
 *
 * A pattern such as `/\/+$/` tries every run of slashes there is, each from
 * each of its slashes: with the square of the longest run. Texts come from strangers.
 *
 * @module
 */

/**
 * Returns where the run of `characters` at the end of `text` begins; its length when there is none.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(startOfTrailing("a//b//", "/"), 4);
 * equal(withoutTrailing("a//b//", "/"), "a//b");
 * ```
 */
export function startOfTrailing(text: string, characters: string): number {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return end;
}

/** Returns `text` without the run of `characters` at its end. */
export function withoutTrailing(text: string, characters: string): string {
  return text.slice(0, startOfTrailing(text, characters));
}
