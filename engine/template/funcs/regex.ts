/**
 * Template functions about regular expressions. Exports `regexFuncs`, and
 * `regexNeeds`: what must be loaded before they are called.
 *
 * Answers to sprig 2.22.0, `regex.go`.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";
import { compileRegexp, mustCompileMessage, prepareRegexp, type Regexp, Slice } from "../../golang/mod.ts";
import { appended } from "./_capacity.ts";
import { define } from "./_define.ts";
import { FuncError, type FuncNeeds, type FuncTable } from "./func.ts";

function compile(pattern: string): Regexp {
  try {
    return compileRegexp(pattern);
  } catch (error) {
    if (error instanceof SkegError && error.kind === "template") {
      throw new FuncError(mustCompileMessage(pattern, error));
    }
    throw error;
  }
}

/** Helm 2: a pattern that is wrong matches nothing. */
function regexMatch(pattern: string, text: string): boolean {
  try {
    return compile(pattern).matches(text);
  } catch (error) {
    if (error instanceof FuncError) return false;
    throw error;
  }
}

function strings(items: string[] | undefined): Slice {
  return new Slice("string", items ?? [], items === undefined);
}

/** Functions about regular expressions, by name. */
export const regexFuncs: FuncTable = {
  regexMatch: define(["string", "string"], regexMatch),
  regexFind: define(["string", "string"], (pattern, text) => compile(pattern).find(text)),
  regexFindAll: define(
    ["string", "string", "int"],
    // Go begins with room for ten matches.
    (pattern, text, limit) => appended(strings(compile(pattern).findAll(text, Number(limit.value))), 10),
  ),
  regexReplaceAll: define(
    ["string", "string", "string"],
    (pattern, text, template) => compile(pattern).replaceAll(text, template),
  ),
  regexReplaceAllLiteral: define(
    ["string", "string", "string"],
    (pattern, text, replacement) => compile(pattern).replaceAllLiteral(text, replacement),
  ),
  regexSplit: define(
    ["string", "string", "int"],
    (pattern, text, limit) => strings(compile(pattern).split(text, Number(limit.value))),
  ),
};

/** The matcher. */
export const regexNeeds: FuncNeeds = Object.fromEntries(
  Object.keys(regexFuncs).map((name) => [name, prepareRegexp]),
);
