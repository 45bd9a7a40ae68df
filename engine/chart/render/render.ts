/**
 * Chart + values → the text of every template file. Pure.
 *
 * Source: Helm 2.17.0, `pkg/engine/engine.go`, `pkg/chartutil/values.go`.
 *
 * @module
 */
import type { Chart, Values } from "../../model/mod.ts";
import type { ClockAndRandom } from "../../base/mod.ts";
import type { FuncTable, Program } from "../../lang/template/mod.ts";
import { coalesceValues } from "../values/mod.ts";
import type { ChartCoverage } from "./chart_coverage.ts";
import { compileTexts, templateTexts } from "./program.ts";
import {
  type ChartScope,
  type Facts,
  factsOf,
  releaseTime,
  rootsWithGlobals,
  scopesOf,
  templatesOf,
  topData,
} from "./scopes.ts";

/** Options of {@linkcode renderChart}; `now`, `randAlphaNum`, `uuidv4` and similar functions use `clock` and `random`. */
export interface RenderOptions extends Facts, ClockAndRandom {
  /** The user's config, or its YAML text; coalesced over the chart's defaults. */
  readonly values?: Values | string;
  /** True to report missing required values to `warn` instead of failing. */
  readonly lint?: boolean | undefined;
  /** Called with lines that Helm 2 logs. */
  readonly warn?: ((text: string) => void) | undefined;
  /**
   * Counts what the templates do. Charts with `engine: eta` are not counted.
   *
   * @internal
   */
  readonly coverage?: ChartCoverage | undefined;
  /**
   * Templates that are parsed already, from a chart with the same templates, and with `coverage` if there is one;
   * absent: those of the chart.
   *
   * @internal
   */
  readonly compiled?: CompiledTemplates | undefined;
}

/** Functions that templates call, by name. */
export type TemplateFunctions = FuncTable;

/** The parsed templates of a chart tree. */
export interface CompiledTemplates {
  /** For {@linkcode renderChart} only. */
  readonly program: Program;
}

/**
 * Parses the templates of a chart and its subcharts, for charts that differ in values and metadata only.
 *
 * @param coverage Gets the counts of their runs; it has the functions, too.
 * @param functions The functions of the templates; absent: Helm's.
 * @throws TemplateError with Helm's message when one cannot be parsed.
 */
export function compileTemplates(chart: Chart, coverage?: ChartCoverage, functions?: FuncTable): CompiledTemplates {
  const program = coverage?.programOf(chart) ??
    (functions === undefined ? programOf(chart) : compileTexts(templateTexts(chart), { functions }));
  return { program };
}

/** Cache of programs by chart, so that a chart is parsed only once. */
const programs = new WeakMap<Chart, Program>();

/**
 * Renders all templates of a chart and its subcharts.
 *
 * The same chart, values, `clock` and `random` give the same bytes again, in
 * the same time zone. Two things are outside of that: keys and certificates
 * (`genPrivateKey`, `genCA` and their like), which the runtime makes, and
 * charts with `engine: eta`, whose scripts have JavaScript's own `Date` and
 * `Math.random`.
 *
 * @returns Text by full template name, with `NOTES.txt` and without partials.
 * @throws TemplateError with Helm's message when a template cannot be parsed or executed.
 * @throws SkegError of kind `values` or `yaml` when the values are invalid.
 */
export async function renderChart(chart: Chart, options: RenderOptions = {}): Promise<Record<string, string>> {
  const { warn = () => {} } = options;
  const values = coalesceValues(chart, options.values ?? "", warn);
  if (chart.metadata.engine === "eta") return await etaTexts(chart, values, options);
  const scopes = scopesOf(chart, topData(chart, values, options), options.wasSent);
  const { coverage, compiled } = options;
  const program = compiled?.program ?? coverage?.programOf(chart) ?? programOf(chart);
  const rendered = await program.run({
    dataOf: (name) => scopes.get(name) as ChartScope,
    missing: options.lint ? (message) => warn(`[INFO] Missing required value: ${message}`) : undefined,
    clock: options.clock,
    random: options.random,
    roots: coverage === undefined ? undefined : rootsWithGlobals(scopes),
  });
  return Object.fromEntries(rendered);
}

/** Renders the same tree of files and data with Eta. */
async function etaTexts(chart: Chart, values: Values, options: RenderOptions): Promise<Record<string, string>> {
  const { renderEta } = await import("./eta.ts");
  const scopes = scopesOf(chart, topData(chart, values, options), options.wasSent);
  const files = Array.from(templatesOf(chart), ({ name, file, owner }) => {
    const { data, basePath } = scopes.get(name) as ChartScope;
    return { name, file, chart: owner, basePath, values: data["Values"] };
  });
  const { release = {} } = options;
  return await renderEta(files, {
    Name: release.name ?? "RELEASE-NAME",
    Namespace: release.namespace ?? "default",
    Service: release.service ?? "Tiller",
    Revision: release.revision ?? 0,
    IsInstall: release.isInstall ?? !(release.isUpgrade ?? false),
    IsUpgrade: release.isUpgrade ?? false,
    Time: releaseTime(options),
  }, factsOf(options.capabilities ?? {}));
}

/** Turns this process into one that renders a chart with `engine: eta` for another process. Revokes all permissions first. */
export async function serveEta(): Promise<never> {
  return await (await import("./eta_process.ts")).serveEta();
}

function programOf(chart: Chart): Program {
  let program = programs.get(chart);
  if (program === undefined) {
    program = compileTexts(templateTexts(chart));
    programs.set(chart, program);
  }
  return program;
}
