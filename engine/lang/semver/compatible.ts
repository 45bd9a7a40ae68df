/**
 * The one question Helm asks most often: does this version fit that range?
 *
 * Source: Helm 2.17.0, `pkg/version/compatible.go`.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";
import { parseConstraint } from "./constraint.ts";
import { parseVersion } from "./version.ts";

/**
 * True if `version` satisfies `constraint`; false if either cannot be read.
 *
 * @example Nonsense fits nothing
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(isCompatibleRange(">=1.9.0", "1.14.10"), true);
 * equal(isCompatibleRange("newest", "1.14.10"), false);
 * ```
 */
export function isCompatibleRange(constraint: string, version: string): boolean {
  try {
    return parseConstraint(constraint).check(parseVersion(version));
  } catch (error) {
    if (error instanceof SkegError) return false;
    throw error;
  }
}
