/**
 * Template functions of the family "dicts".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const dictFuncs: FuncTable = {};
