/**
 * All template functions that Helm 2 knows.
 *
 * @module
 */
import { builtinFuncs } from "./builtins.ts";
import { cryptoFuncs, cryptoNeeds } from "./crypto.ts";
import { dateFuncs, dateNeeds } from "./dates.ts";
import { dictFuncs } from "./dicts.ts";
import { encodingFuncs } from "./encoding.ts";
import { flowFuncs } from "./flow.ts";
import type { FuncNeeds, FuncTable } from "./func.ts";
import { helmFuncs } from "./helm.ts";
import { listFuncs } from "./lists.ts";
import { networkFuncs } from "./network.ts";
import { numberFuncs } from "./numbers.ts";
import { pathFuncs } from "./paths.ts";
import { reflectFuncs } from "./reflect.ts";
import { regexFuncs } from "./regex.ts";
import { semverFuncs } from "./semver.ts";
import { stringFuncs } from "./strings.ts";
import { tomlFuncs } from "./toml.ts";
import { urlFuncs } from "./urls.ts";

/** Every function by name; later families win, as Helm's do over sprig's over Go's. */
export const functions: FuncTable = {
  ...builtinFuncs,
  ...stringFuncs,
  ...numberFuncs,
  ...listFuncs,
  ...dictFuncs,
  ...flowFuncs,
  ...dateFuncs,
  ...regexFuncs,
  ...semverFuncs,
  ...encodingFuncs,
  ...pathFuncs,
  ...urlFuncs,
  ...networkFuncs,
  ...reflectFuncs,
  ...cryptoFuncs,
  ...tomlFuncs,
  ...helmFuncs,
};

/** Loaders of the modules that functions need, by the function's name. */
export const needs: FuncNeeds = { ...cryptoNeeds, ...dateNeeds };
