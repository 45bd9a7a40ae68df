/**
 * Template functions of the family "toml".
 *
 * @module
 */

import type { FuncTable } from "./func.ts";

/** The family's functions by name. */
export const tomlFuncs: FuncTable = {};
