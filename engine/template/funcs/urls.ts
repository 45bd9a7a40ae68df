/**
 * Template functions of the family "urls".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const urlFuncs: FuncTable = {};
