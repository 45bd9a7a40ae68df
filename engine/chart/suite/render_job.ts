/**
 * Renders the chart for one job.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_job.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { type Chart, defaultCapabilities } from "../../model/mod.ts";
import { fromBytes } from "../../lang/golang/mod.ts";
import {
  type CapabilityFacts,
  type ChartCoverage,
  type CompiledTemplates,
  compileTemplates,
  renderChart,
  type TemplateFunctions,
  type TodaysFailure,
  todaysFailure,
} from "../render/mod.ts";
import { checkSchemas, processRequirements } from "../values/mod.ts";
import type { ChartSettings, Job, PostRenderer, Suite } from "./model.ts";
import { chooseTemplates, joinPath } from "./templates.ts";

/** The text of the templates, or why there is none. */
export interface RenderedJob {
  /** Text by full template name. */
  readonly files: ReadonlyMap<string, string>;
  /** The message of the template that failed, and its file when it is known. */
  readonly error?: TodaysFailure | undefined;
  /** Lines that rendering logged. */
  readonly warnings: readonly string[];
  /** True if a post-renderer changed the files. */
  readonly wasPostRendered: boolean;
  /** A function of Helm 3 that Helm 2 does not have, and that the templates call. */
  readonly foreign?: string | undefined;
}

/** A chart with the templates of a suite only, and these templates parsed. */
export interface ReadyChart {
  /** The chart tree. */
  readonly chart: Chart;
  /** Its parsed templates. */
  readonly compiled: CompiledTemplates;
  /** A function of Helm 3 that Helm 2 does not have, and that the templates call. */
  readonly foreign?: string | undefined;
}

/** Charts with chosen templates, parsed once for all jobs that need the same ones. */
export class CompiledCharts {
  readonly #known = new Map<string, ReadyChart>();

  /** Gets the counts of all runs; absent: nothing is counted. */
  readonly coverage: ChartCoverage | undefined;

  readonly #functions: TemplateFunctions | undefined;

  /**
   * Makes an empty cache.
   *
   * @param coverage Gets the counts of all runs.
   * @param functions The functions of the templates; absent: those of Helm 2.
   */
  constructor(coverage?: ChartCoverage, functions?: TemplateFunctions) {
    this.coverage = coverage;
    this.#functions = functions;
  }

  /** Returns the chart with the suite's templates, and its parsed templates. */
  of(chart: Chart, suite: Suite): ReadyChart {
    const key = JSON.stringify([suite.route, suite.templates, suite.excludeTemplates, namesOf(chart)]);
    const known = this.#known.get(key);
    if (known !== undefined) return { ...known, chart: withTemplatesOf(chart, known.chart) };
    const chosen = chooseTemplates(chart, suite);
    const compiled = compileTemplates(chosen, this.coverage, this.#functions);
    const made = { chart: chosen, compiled, foreign: this.#functions && foreignFunction(chosen, this.#functions) };
    this.#known.set(key, made);
    return made;
  }
}

/** Returns the first function of templates that only the other engine has. */
function foreignFunction(chart: Chart, functions: TemplateFunctions): string | undefined {
  try {
    compileTemplates(chart);
    return undefined;
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const name = undefinedFunction(error.message);
    return name !== undefined && Object.hasOwn(functions, name) ? name : undefined;
  }
}

/** Returns the name of the function that a parse error says is not defined. */
export function undefinedFunction(message: string): string | undefined {
  return /function "(\w+)" not defined$/.exec(message)?.[1];
}

/** Names of a chart and its subcharts: they decide which templates there are. */
function namesOf(chart: Chart): unknown[] {
  return [chart.metadata.name, ...chart.dependencies.map(namesOf)];
}

/** Returns a chart with the templates of another one that has the same subcharts. */
function withTemplatesOf(chart: Chart, other: Chart): Chart {
  const dependencies = chart.dependencies.map((child, at) => withTemplatesOf(child, other.dependencies[at] ?? child));
  return { ...chart, templates: other.templates, dependencies };
}

/** Starts a post-renderer; returns what it writes. */
export type RunPostRenderer = (program: PostRenderer, text: string) => Promise<string>;

/** Options of {@linkcode renderJob}. */
export interface RenderJobOptions {
  /** The parsed templates of the run. */
  readonly charts: CompiledCharts;
  /** The user's config. */
  readonly config: string;
  /** Starts post-renderers; absent: they are refused. */
  readonly postRender?: RunPostRenderer | undefined;
  /** `.Release.Service`; `Tiller` when absent. */
  readonly service?: string | undefined;
  /** True to check values against `values.schema.json`. */
  readonly schema?: boolean | undefined;
}

/** Renders a chart for a job. A template that fails is part of the result; other failures are thrown. */
export async function renderJob(top: Chart, suite: Suite, job: Job, options: RenderJobOptions): Promise<RenderedJob> {
  const { config, charts } = options;
  let files: ReadonlyMap<string, string>;
  const warnings: string[] = [];
  let foreign: string | undefined;
  const warn = (text: string) => void warnings.push(text);
  try {
    checkName(job.release.name ?? suite.release.name);
    const processed = processRequirements(top, config, warn);
    if (options.schema) await checkSchemas(processed, config);
    const chosen = charts.of(processed, suite);
    foreign = chosen.foreign;
    const chart = withSettings(chosen.chart, settings(suite, job));
    const rendered = await renderChart(chart, {
      values: config,
      release: { ...releaseOf(suite, job), ...options.service === undefined ? {} : { service: options.service } },
      capabilities: capabilitiesOf(suite, job),
      compiled: chosen.compiled,
      coverage: charts.coverage,
      warn,
    });
    files = new Map([...Object.entries(rendered), ...suite.includeCrds ? crdsOf(top) : []]);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { files: new Map(), error: todaysFailure(error), warnings, wasPostRendered: false, foreign };
  }
  const program = job.postRenderer ?? suite.postRenderer;
  if (program === undefined) return { files, warnings, wasPostRendered: false, foreign };
  return { files: await postRendered(files, program, options), warnings, wasPostRendered: true, foreign };
}

function settings(suite: Suite, job: Job): ChartSettings {
  return {
    version: job.chart.version ?? suite.chart.version,
    appVersion: job.chart.appVersion ?? suite.chart.appVersion,
  };
}

/** Replaces versions of a chart and its direct subcharts. */
function withSettings(chart: Chart, { version, appVersion }: ChartSettings): Chart {
  if (version === undefined && appVersion === undefined) return chart;
  const given = { ...version === undefined ? {} : { version }, ...appVersion === undefined ? {} : { appVersion } };
  const changed = (each: Chart): Chart => ({ ...each, metadata: { ...each.metadata, ...given } });
  return { ...changed(chart), dependencies: chart.dependencies.map(changed) };
}

function releaseOf(suite: Suite, job: Job) {
  const upgrade = job.release.upgrade ?? suite.release.upgrade ?? false;
  return {
    name: job.release.name ?? suite.release.name ?? "RELEASE-NAME",
    namespace: job.release.namespace ?? suite.release.namespace ?? "NAMESPACE",
    revision: job.release.revision ?? suite.release.revision ?? 0,
    isInstall: !upgrade,
    isUpgrade: upgrade,
  };
}

const NAME_BYTES_MAX = 53;

function checkName(name: string | undefined): void {
  if (
    name === undefined ||
    /^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])+$/.test(name) && name.length <= NAME_BYTES_MAX
  ) {
    return;
  }
  throw new SkegError(
    "values",
    `invalid release name ${name}: it must have letters, digits, '-', '_' and '.', begin ` +
      `and end with a letter or digit, and have at most ${NAME_BYTES_MAX} characters`,
  );
}

function capabilitiesOf(suite: Suite, job: Job): CapabilityFacts {
  const { kubeVersion } = defaultCapabilities();
  const [given, shared] = [job.capabilities, suite.capabilities];
  const major = given.majorVersion ?? shared.majorVersion ?? kubeVersion.major;
  const minor = given.minorVersion ?? shared.minorVersion ?? kubeVersion.minor;
  const kinds = given.apiVersions === null ? [] : [...given.apiVersions ?? [], ...shared.apiVersions ?? []];
  return {
    kubeVersion: { major, minor, gitVersion: `v${major}.${minor}.0` },
    ...kinds.length === 0 ? {} : { apiVersions: kinds },
  };
}

/** Returns the files of `crds/`: Helm 2 ignores that folder, so these are for tests only. */
function crdsOf(chart: Chart, route = chart.metadata.name): [string, string][] {
  const own = chart.files.filter(({ path }) => path.startsWith("crds/"))
    .map(({ path, data }): [string, string] => [joinPath(route, path), fromBytes(data)]);
  return [
    ...own,
    ...chart.dependencies.flatMap((child) => crdsOf(child, joinPath(route, "charts", child.metadata.name))),
  ];
}

const MARK = "#### file:";

/** Sends all files through a post-renderer, and takes its output apart. */
async function postRendered(
  files: ReadonlyMap<string, string>,
  program: PostRenderer,
  { postRender }: RenderJobOptions,
): Promise<ReadonlyMap<string, string>> {
  if (postRender === undefined) {
    throw new SkegError("usage", `the suite starts the program ${program.cmd} as post-renderer`, {
      hint: "add --allow-post-renderer to let suites start programs",
    });
  }
  const input = [...files].sort(([left], [right]) => left < right ? -1 : 1)
    .map(([name, text]) => `---\n${MARK} ${name}\n${text.trim()}\n`).join("");
  const output = await postRender(program, input);
  const blocks = output.split(/(?=---\n#### file:)/);
  const found = new Map<string, string>();
  for (const block of blocks) {
    const name = /#### file: (.*)/.exec(block)?.[1];
    if (name !== undefined) found.set(name, block.replace(`---\n${MARK} ${name}\n`, ""));
  }
  return found.size > 0 ? found : new Map([["manifest.yaml", output]]);
}
