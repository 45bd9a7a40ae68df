/**
 * Template functions of the family "encoding".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const encodingFuncs: FuncTable = {};
