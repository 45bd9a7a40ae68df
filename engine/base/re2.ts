/**
 * Regular expressions of RE2, as Go has them: linear time, and Go's syntax.
 *
 * The package has 150 KB of code, so it is loaded when a pattern needs it.
 *
 * @module
 */

/** Returns the package re2js: `RE2JS.compile` makes patterns. */
export async function loadRe2(): Promise<typeof import("npm:re2js@2.10.0")> {
  return await import("npm:re2js@2.10.0");
}
