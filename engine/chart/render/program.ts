/**
 * The compiled templates of a chart.
 *
 * @module
 */
import type { Chart } from "../../model/mod.ts";
import { fromBytes } from "../../lang/golang/mod.ts";
import { functions, needs, Program, type ProgramOptions } from "../../lang/template/mod.ts";
import { mapMethod } from "./map_methods.ts";
import { templatesOf } from "./scopes.ts";

/** Returns the template texts of a chart and its subcharts, by full name. */
export function templateTexts(chart: Chart): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { name, file } of templatesOf(chart)) texts.set(name, fromBytes(file.data));
  return texts;
}

/** Compiles template texts with Helm's functions, or with others. */
export function compileTexts(
  texts: ReadonlyMap<string, string>,
  options: Partial<Pick<ProgramOptions, "trace" | "cover" | "functions" | "mapMethod">> = {},
): Program {
  const files = Array.from(texts, ([name, text]) => ({ name, text }));
  return new Program(files, { functions, mapMethod, needs, ...options });
}
