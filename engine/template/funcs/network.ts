/**
 * Template functions of the family "network".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const networkFuncs: FuncTable = {};
