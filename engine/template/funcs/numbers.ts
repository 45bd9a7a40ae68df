/**
 * Template functions of the family "numbers".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const numberFuncs: FuncTable = {};
