/**
 * Template functions of the family "dates".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const dateFuncs: FuncTable = {};
