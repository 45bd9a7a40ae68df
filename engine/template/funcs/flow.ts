/**
 * Template functions of the family "flow".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const flowFuncs: FuncTable = {};
