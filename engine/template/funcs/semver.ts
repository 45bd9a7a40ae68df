/**
 * Template functions of the family "semver".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const semverFuncs: FuncTable = {};
