/**
 * Regular expressions of RE2, as Go has them: linear time, and Go's syntax.
 *
 * The package has 150 KB of code, so it is loaded when a pattern needs it.
 *
 * @module
 */

/** The matcher's compiler. */
export interface Re2 {
  /** Compiles a pattern; throws an error named `RE2JSSyntaxException` if it is wrong. */
  compile(pattern: string): Re2Pattern;
}

/** A compiled pattern. */
export interface Re2Pattern {
  /** Starts a search in a text. */
  matcher(text: string): Re2Matcher;
}

/** A search in one text. Positions are UTF-16 units. */
export interface Re2Matcher {
  /** Finds the leftmost match that begins at `from` or later. */
  find(from?: number): boolean;
  /** The start of the match, or of its group; -1 if the group took no part. */
  start(group?: number): number;
  /** The end of the match, or of its group. */
  end(group?: number): number;
  /** The number of groups of the pattern. */
  groupCount(): number;
}

/** Loads the matcher. */
export async function loadRe2(): Promise<Re2> {
  return (await import("npm:re2js@2.10.0")).RE2JS;
}
