/**
 * Template functions about regular expressions. Exports `regexFuncs`.
 *
 * Answers to sprig 2.22.0, `regex.go`.
 *
 * @module
 */

import { SkegError } from "../../../../errors.ts";
import { compileRegexp, mustCompileMessage, prepareRegexp, type Regexp, Slice } from "../../golang/mod.ts";
import { appended } from "./_capacity.ts";
import { define } from "./_define.ts";
import { type Func, FuncError, type FuncTable } from "./func.ts";

/** Compiles the pattern and uses it. */
function using<Result>(pattern: string, use: (regexp: Regexp) => Result): Result {
  try {
    return use(compileRegexp(pattern));
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
    return using(pattern, (regexp) => regexp.matches(text));
  } catch (error) {
    if (error instanceof FuncError) return false;
    throw error;
  }
}

function strings(items: string[] | undefined): Slice {
  return new Slice("string", items ?? [], items === undefined);
}

/** Pattern and text are the first arguments of all these functions. */
function load([pattern, text]: unknown[]): Promise<void> | undefined {
  return prepareRegexp(pattern as string, (text as string).length);
}

function withMatcher(functions: FuncTable): FuncTable {
  return Object.fromEntries(Object.entries(functions).map(([name, func]): [string, Func] => [name, { ...func, load }]));
}

/** Functions about regular expressions, by name. */
export const regexFuncs: FuncTable = withMatcher({
  regexMatch: define(["string", "string"], regexMatch),
  regexFind: define(["string", "string"], (pattern, text) => using(pattern, (regexp) => regexp.find(text))),
  regexFindAll: define(
    ["string", "string", "int"],
    // Go begins with room for ten matches.
    (pattern, text, limit) =>
      appended(strings(using(pattern, (regexp) => regexp.findAll(text, Number(limit.value)))), 10),
  ),
  regexReplaceAll: define(
    ["string", "string", "string"],
    (pattern, text, template) => using(pattern, (regexp) => regexp.replaceAll(text, template)),
  ),
  regexReplaceAllLiteral: define(
    ["string", "string", "string"],
    (pattern, text, replacement) => using(pattern, (regexp) => regexp.replaceAllLiteral(text, replacement)),
  ),
  regexSplit: define(
    ["string", "string", "int"],
    (pattern, text, limit) => strings(using(pattern, (regexp) => regexp.split(text, Number(limit.value)))),
  ),
});
