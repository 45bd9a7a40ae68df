/**
 * Template functions about the types of values. Exports `reflectFuncs`.
 *
 * Answers to sprig 2.22.0, `reflect.go`.
 *
 * @module
 */

import { kindOf, typeName } from "../../golang/mod.ts";
import { define } from "./_define.ts";
import { deepEqual } from "./_values.ts";
import type { FuncTable } from "./func.ts";

/** Functions about types, by name. */
export const reflectFuncs: FuncTable = {
  typeOf: define(["interface {}"], typeName),
  typeIs: define(["string", "interface {}"], (type, value) => type === typeName(value)),
  typeIsLike: define(["string", "interface {}"], (type, value) => [type, "*" + type].includes(typeName(value))),
  kindOf: define(["interface {}"], kindOf),
  kindIs: define(["string", "interface {}"], (kind, value) => kind === kindOf(value)),
  deepEqual: define(["interface {}", "interface {}"], deepEqual),
};
