/**
 * Finds trailing characters of a text, searching from its end.
 *
 * A pattern such as `/\/+$/` needs quadratic time: it tries every run of slashes,
 * starting at each slash. The texts are not trusted, so they may be built for that.
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
