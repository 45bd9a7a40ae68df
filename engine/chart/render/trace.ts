/**
 * Where each line of a rendered chart comes from: the places in templates that
 * wrote it, and the values they read.
 *
 * @module
 */
import { TemplateError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import { fromBytes, isMap } from "../../lang/golang/mod.ts";
import { functions, needs, positionOf, Program, type Span } from "../../lang/template/mod.ts";
import { coalesceValues } from "../values/mod.ts";
import { mapMethod } from "./map_methods.ts";
import type { RenderOptions } from "./render.ts";
import { type Scope, scopesOf, templatesOf, topData } from "./scopes.ts";

/** A place in a template that wrote a part of a line. */
export interface Origin {
  /** The template file. */
  readonly template: string;
  /** 1-based line of the file, or of the text given to `tpl`. */
  readonly line: number;
  /** 0-based byte column. */
  readonly column: number;
  /** The place is in a text that was given to `tpl`, not in the file. */
  readonly isTpl: boolean;
  /** Paths of what was read to write it, such as `Values.image.tag`, from the top chart's view. */
  readonly values: readonly string[];
  /** Paths of what decided that it was written: in `if`, `with` and `range` around it. */
  readonly conditions: readonly string[];
}

/** One line of output. */
export interface TracedLine {
  /** The line, without its end. */
  readonly text: string;
  /** From left to right; what included templates wrote comes before the action that included them. */
  readonly origins: readonly Origin[];
}

/**
 * Renders a chart and says for every line of every file where it comes from.
 *
 * @returns Lines by full template name.
 * @throws What `renderChart` throws; kind `template` for a chart whose templates are not Go templates.
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
  const texts = new Map<string, string>();
  for (const { name, file } of templatesOf(chart)) texts.set(name, fromBytes(file.data));
  const files = Array.from(texts, ([name, text]) => ({ name, text }));
  const program = new Program(files, { functions, mapMethod, needs, trace: true });
  return await run(program, texts, chart, options);
}

async function run(
  program: Program,
  texts: ReadonlyMap<string, string>,
  chart: Chart,
  options: RenderOptions,
): Promise<Record<string, TracedLine[]>> {
  const values = coalesceValues(chart, options.values ?? "", options.warn);
  const scopes = scopesOf(chart, topData(chart, values, options), options.wasSent);
  const roots = new Map<object, string>();
  for (const [name, { data }] of scopes) {
    roots.set(data, "");
    if (isMap(data["Values"])) roots.set(data["Values"], valuesPath(name));
  }
  const traced: Record<string, TracedLine[]> = {};
  await program.run({
    dataOf: (name) => scopes.get(name) as Scope,
    missing: options.lint ? () => {} : undefined,
    roots,
    clock: options.clock,
    random: options.random,
    traced: (name, spans) => traced[name] = linesOf(spans, texts),
  });
  return traced;
}

/** Where a subchart's values stand in the top chart's. */
function valuesPath(template: string): string {
  const charts = template.split("/templates/")[0]?.split("/charts/").slice(1) ?? [];
  return ["Values", ...charts].join(".");
}

interface Line {
  text: string;
  readonly origins: Origin[];
}

/** Puts spans together to lines. */
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

/** Template text is copied as it is, so its lines are those of the template. */
function textOrigins(span: Span, texts: ReadonlyMap<string, string>): OriginsOf {
  let pos = span.pos;
  return (part) => {
    const origin = originAt(span, pos, texts);
    pos += part.length + 1;
    return [origin];
  };
}

/**
 * What an action writes may be what templates it includes wrote, indented or
 * cut: lines that read the same, in the same order, are taken for the same.
 */
function actionOrigins(span: Span, texts: ReadonlyMap<string, string>): OriginsOf {
  const inner = linesOf(span.inner, texts);
  const own = originAt(span, span.pos, texts);
  let next = 0;
  return (part) => {
    const wanted = part.trim();
    const found = wanted === "" ? -1 : inner.findIndex((line, at) => at >= next && line.text.trim() === wanted);
    if (found < 0) return [own];
    next = found + 1;
    return [...(inner[found]?.origins ?? []), own];
  };
}
