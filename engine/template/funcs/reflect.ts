/**
 * Template functions of the family "reflect".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const reflectFuncs: FuncTable = {};
