/**
 * Template functions of the family "strings".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const stringFuncs: FuncTable = {};
