/**
 * Template functions of the family "paths".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const pathFuncs: FuncTable = {};
