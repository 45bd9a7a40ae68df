/**
 * Template functions of the family "regex".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const regexFuncs: FuncTable = {};
