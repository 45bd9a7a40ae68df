/**
 * Regular expressions of RE2, as Go has them: linear time, and Go's syntax.
 *
 * The package has 150 KB of code, so it is loaded when a pattern needs it.
 *
 * @module
 */
import type { RE2JS } from "npm:re2js@2.10.0";

export type { RE2JS };

/** Returns re2js's class, whose `compile` makes matchers. */
export async function loadRe2(): Promise<typeof RE2JS> {
  return (await import("npm:re2js@2.10.0")).RE2JS;
}
