/**
 * Counts what a chart's templates do in any number of renders.
 *
 * @module
 */
import type { Chart } from "../../model/mod.ts";
import { Cover, type Coverage, type FuncTable, type Program, type ProgramOptions } from "../../lang/template/mod.ts";
import { compileTexts, templateTexts } from "./program.ts";

/**
 * The counters of a chart and its subcharts. Renders that get it as `coverage` add to it. They may be renders of one chart or
 * of changed copies of it: templates with the same name and text share their counters.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { renderChart } from "./render.ts";
 *
 * const data = new TextEncoder().encode("kind: A\n{{ if .Values.on }}\non: true\n{{ end }}");
 * const chart = { metadata: { name: "web" }, templates: [{ path: "templates/a.yaml", data }], dependencies: [], files: [] };
 * const coverage = new ChartCoverage();
 * await renderChart(chart, { coverage });
 * deepEqual(coverage.result().files[0]?.lines, [{ line: 1, hits: 1 }, { line: 2, hits: 1 }, { line: 3, hits: 0 }]);
 * deepEqual(coverage.result().values, [{ path: ["Values", "on"], whole: false }]);
 * ```
 */
export class ChartCoverage {
  readonly #cover = new Cover();
  readonly #programs = new WeakMap<Chart, Program>();
  readonly #functions: Pick<ProgramOptions, "functions"> | undefined;

  /**
   * Makes counters without counts.
   *
   * @param functions The functions of the templates; absent: Helm's.
   */
  constructor(functions?: FuncTable) {
    this.#functions = functions && { functions };
  }

  /** Returns the chart's templates, compiled with these counters. */
  programOf(chart: Chart): Program {
    let program = this.#programs.get(chart);
    if (program === undefined) {
      program = compileTexts(templateTexts(chart), { cover: this.#cover, ...this.#functions });
      this.#programs.set(chart, program);
    }
    return program;
  }

  /** Counts templates of a chart that no render had, too: none of their lines ran. */
  plan(chart: Chart): void {
    const texts = [...templateTexts(chart)].filter(([name, text]) => !this.#cover.has(name, text));
    if (texts.length > 0) compileTexts(new Map(texts), { cover: this.#cover, ...this.#functions });
  }

  /** Returns the counts so far. */
  result(): Coverage {
    return this.#cover.result();
  }
}
