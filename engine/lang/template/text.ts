/**
 * One template by itself, outside of any chart: what people give on a command
 * line, such as `--template` and `--name-template`.
 *
 * Source: Go 1.14, `text/template`; Helm 2.17.0, `cmd/helm/printer.go`, `cmd/helm/install.go`.
 *
 * @module
 */
import { type ClockAndRandom, systemClock, systemRandom } from "../../base/mod.ts";
import { quote, timeNow } from "../golang/mod.ts";
import { compileTemplate } from "./compile.ts";
import { builtinFuncs } from "./funcs/builtins.ts";
import { functions, needs } from "./funcs/mod.ts";
import { helmFuncs } from "./funcs/helm.ts";
import { type FuncContext, FuncError, type FuncTable } from "./funcs/func.ts";
import { Run } from "./machine.ts";
import { parseTemplate } from "./parser.ts";

/** Go's own functions: those that every template has. */
export const goFunctions: FuncTable = builtinFuncs;

/**
 * The functions of `--name-template`: all but those that Helm adds for charts,
 * and two that charts may not have, because they look at the environment.
 *
 * @param variable Returns an environment variable's value.
 */
export function nameFunctions(variable: (name: string) => string | undefined): FuncTable {
  const env = (name: unknown) => variable(String(name)) ?? "";
  const reference = /\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/g;
  const chartless = Object.entries(functions).filter(([name]) => !Object.hasOwn(helmFuncs, name));
  return {
    ...Object.fromEntries(chartless),
    env: { params: ["string"], call: ([name]) => env(name) },
    expandenv: {
      params: ["string"],
      call: ([text]) =>
        String(text).replaceAll(reference, (_, braced?: string, bare?: string) => env(braced ?? bare ?? "")),
    },
  };
}

/** Options of {@linkcode executeText}. */
export interface TextOptions extends ClockAndRandom {
  /** The template's name, which error messages give. */
  readonly name: string;
  /** Default: {@linkcode goFunctions}. */
  readonly functions?: FuncTable | undefined;
  /** The dot. */
  readonly data?: unknown;
}

/**
 * Executes a text as a template and returns what it writes; a missing value
 * is written as `<no value>`.
 *
 * @throws TemplateError with the message of Go's library.
 */
export async function executeText(text: string, options: TextOptions): Promise<string> {
  const { name, functions: table = goFunctions, clock = systemClock, random = systemRandom } = options;
  const used = new Set<string>();
  const trees = parseTemplate(name, text, (word) => {
    used.add(word);
    return Object.hasOwn(table, word);
  });
  const templates = new Map([...trees].map(([key, tree]) => [key, compileTemplate(tree, table)]));
  const alone = (): never => {
    throw new FuncError("there is no chart around this template");
  };
  const context: FuncContext = { now: timeNow(clock), random, include: alone, tpl: alone, tplInside: alone };
  const template = templates.get(name);
  if (template === undefined) throw new FuncError(`template: no template ${quote(name)}`);
  for (const word of used) await needs[word]?.();
  const run = new Run({ context, lookup: (wanted) => templates.get(wanted), mapMethod: () => undefined });
  return await run.execute(template, options.data ?? null);
}
