/**
 * Template functions of the family "lists".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const listFuncs: FuncTable = {};
