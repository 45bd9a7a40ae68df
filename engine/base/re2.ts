/**
 * Regular expressions of RE2, as Go has them: linear time, and Go's syntax.
 *
 * The package has 150 KB of code, so it is loaded when a pattern needs it.
 *
 * @module
 */
/** re2js's class, whose `compile` makes patterns. */
export type Re2 = typeof import("npm:re2js@2.10.0").RE2JS;

/** A compiled pattern of re2js. */
export type Re2Pattern = import("npm:re2js@2.10.0").RE2JS;

/** Returns re2js's class. */
export async function loadRe2(): Promise<Re2> {
  return (await import("npm:re2js@2.10.0")).RE2JS;
}
