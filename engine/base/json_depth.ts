/**
 * A limit for nested JSON of others.
 *
 * @module
 */

/** Deepest nesting of an answer. Objects in use have less than 100 levels; the functions that walk them are recursive. */
const DEPTH_MAX = 1000;

/**
 * Refuses JSON text that is nested too deeply.
 *
 * @throws SyntaxError when it is.
 */
export function checkJsonDepth(text: string): void {
  if (text.length >= 2 * DEPTH_MAX && isTooDeep(text)) {
    throw new SyntaxError(`the JSON is nested more than ${DEPTH_MAX} levels deep`);
  }
}

/** Counts brackets outside of strings. Strings, which are most of a large answer, are skipped by a search. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      if (++depth > DEPTH_MAX) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code === 0x22) {
      at = endOfString(text, at);
      if (at < 0) return false; // not JSON: the parser says so
    }
  }
  return false;
}

/** Returns the index of the quote that ends the string which begins at `start`; -1 when none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}
