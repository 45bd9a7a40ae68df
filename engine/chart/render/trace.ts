/**
 * Traces each line of a rendered chart: the places in templates that wrote it,
 * and the values that they read.
 *
 * @module
 */
import { TemplateError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { positionOf, type Program, type Span } from "../../lang/template/mod.ts";
import { coalesceValues } from "../values/mod.ts";
import { compileTexts, templateTexts } from "./program.ts";
import type { RenderOptions } from "./render.ts";
import { type ChartScope, rootsOf, scopesOf, topData } from "./scopes.ts";

/** A place in a template that wrote a part of a line. */
export interface Origin {
  /** The template file. */
  readonly template: string;
  /** 1-based line of the file, or of the text given to `tpl`. */
  readonly line: number;
  /** 0-based byte column. */
  readonly column: number;
  /** True if the place is in a text that was passed to `tpl`, not in the file. */
  readonly isTpl: boolean;
  /** Paths of the values read to write it, such as `Values.image.tag`, as seen from the top chart. */
  readonly values: readonly string[];
  /** Paths of the values that decided that it was written: in the enclosing `if`, `with` and `range`. */
  readonly conditions: readonly string[];
}

/** One line of output. */
export interface TracedLine {
  /** The line, without its end. */
  readonly text: string;
  /** From left to right; places in included templates come before the action that included them. */
  readonly origins: readonly Origin[];
}

/**
 * Renders a chart and returns the origins of every line of every file.
 *
 * @returns Lines by full template name.
 * @throws Any error of `renderChart`; kind `template` for a chart whose templates are not Go templates.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * const data = new TextEncoder().encode("kind: A\nname: {{ .Values.name }}\n");
 * const templates = [{ path: "templates/a.yaml", data }];
 * const chart = { metadata: { name: "web" }, templates, dependencies: [], files: [] };
 * const traced = await traceChart(chart, { values: { name: "x" } });
 * deepEqual(traced["web/templates/a.yaml"]?.[1]?.origins.flatMap((origin) => origin.values), ["Values.name"]);
 * ```
 */
export async function traceChart(chart: Chart, options: RenderOptions = {}): Promise<Record<string, TracedLine[]>> {
  if (chart.metadata.engine === "eta") {
    throw new TemplateError("only Go templates can be traced, and this chart has engine: eta");
  }
  const texts = templateTexts(chart);
  return await run(compileTexts(texts, { trace: true }), texts, chart, options);
}

async function run(
  program: Program,
  texts: ReadonlyMap<string, string>,
  chart: Chart,
  options: RenderOptions,
): Promise<Record<string, TracedLine[]>> {
  const values = coalesceValues(chart, options.values ?? "", options.warn);
  const scopes = scopesOf(chart, topData(chart, values, options), options.wasSent);
  const traced: Record<string, TracedLine[]> = {};
  await program.run({
    dataOf: (name) => scopes.get(name) as ChartScope,
    missing: options.lint ? () => {} : undefined,
    roots: rootsOf(scopes),
    clock: options.clock,
    random: options.random,
    traced: (name, spans) => traced[name] = linesOf(spans, texts),
  });
  return traced;
}

interface Line {
  text: string;
  readonly origins: Origin[];
}

/** Combines spans into lines. */
function linesOf(spans: readonly Span[], texts: ReadonlyMap<string, string>): TracedLine[] {
  const lines: Line[] = [{ text: "", origins: [] }];
  for (const span of spans) {
    const originsOf = span.isText ? textOrigins(span, texts) : actionOrigins(span, texts);
    span.text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push({ text: "", origins: [] });
      const line = lines.at(-1) as Line;
      const origins = originsOf(part, index);
      line.text += part;
      if (part !== "") line.origins.push(...origins);
    });
  }
  return lines.map(({ text, origins }) => ({ text: text.replaceAll("<no value>", ""), origins }));
}

type OriginsOf = (part: string, index: number) => Origin[];

function originAt(span: Span, pos: number, texts: ReadonlyMap<string, string>): Origin {
  const { path, line, column } = positionOf(span.source, pos);
  const isTpl = texts.get(path) !== span.source.text;
  return { template: path, line, column: column ?? 0, isTpl, values: span.values, conditions: span.conditions };
}

/** Returns the origins of literal text, whose lines are those of the template. */
function textOrigins(span: Span, texts: ReadonlyMap<string, string>): OriginsOf {
  let pos = span.pos;
  return (part) => {
    const origin = originAt(span, pos, texts);
    pos += part.length + 1;
    return [origin];
  };
}

/**
 * Returns the origins of an action's output. The output may come from included
 * templates, indented or cut; lines with equal text in the same order are
 * assumed to be the same lines. An included text of one line may also be
 * changed, for example by `quote`.
 */
function actionOrigins(span: Span, texts: ReadonlyMap<string, string>): OriginsOf {
  const inner = linesOf(span.inner, texts);
  const own = originAt(span, span.pos, texts);
  const filled = inner.filter((line) => line.text.trim() !== "");
  const single = filled.length === 1 && span.text.trim() !== "" && !span.text.trim().includes("\n")
    ? filled[0]
    : undefined;
  let next = 0;
  return (part) => {
    const wanted = part.trim();
    if (single !== undefined && wanted !== "") return [...single.origins, own];
    const found = wanted === "" ? -1 : inner.findIndex((line, at) => at >= next && line.text.trim() === wanted);
    if (found < 0) return [own];
    next = found + 1;
    return [...(inner[found]?.origins ?? []), own];
  };
}

/**
 * Returns the place in a template that made a line of a document.
 *
 * @param lines The traced lines of the template's output.
 * @param template The template's full name: its own line is preferred to that of a helper that it includes.
 * @param document The document; white space around it does not count.
 * @param line The line of the document, from 1.
 * @returns `undefined` if the output has no such document, or the line came from a text given to `tpl`.
 */
export function originOfLine(
  lines: readonly TracedLine[],
  template: string,
  document: string,
  line: number,
): Origin | undefined {
  const wanted = document.trim().split("\n").map((text) => text.trim());
  const start = lines.findIndex((_, at) =>
    wanted.every((text, offset) => {
      // A document may begin on the line of its separator.
      const found = lines[at + offset]?.text.trim();
      return found === text || offset === 0 && found?.replace(/^---\s*/, "") === text;
    })
  );
  const origins = (lines[start + line - 1]?.origins ?? []).filter(({ isTpl }) => !isTpl);
  return start < 0 ? undefined : origins.findLast((origin) => origin.template === template) ?? origins.at(-1);
}
