/**
 * Template functions of the family "crypto".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const cryptoFuncs: FuncTable = {};
