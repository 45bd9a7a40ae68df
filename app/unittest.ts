/**
 * Runs the tests of charts.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_runner.go`, `test_suite.go`.
 *
 * @module
 */
import { join } from "node:path";
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import { loadChart } from "../engine/chart/load/mod.ts";
import { renderChart } from "../engine/chart/render/mod.ts";
import {
  ChartCache,
  parseSuites,
  type RunPostRenderer,
  runSuite,
  type RunSuiteOptions,
  SnapshotFile,
  type Suite,
  type SuiteResult,
} from "../engine/chart/suite/mod.ts";
import type { CoverageCollector, CoveredChart } from "./coverage_report.ts";
import {
  findCharts,
  findFiles,
  pathExists,
  readSnapshots,
  readTextFile,
  shownPath,
  snapshotPath,
  SUITE_PATTERN,
  valuesPath,
  writeWhole,
} from "./unittest_files.ts";

/** Options of {@linkcode runChartTests}. */
export interface UnittestOptions {
  /** Patterns of suite files, relative to the chart; `tests/*_test.yaml` when absent or empty. */
  readonly file?: readonly string[] | undefined;
  /** Patterns of values files, relative to the current folder; for all suites, before the values of a job. */
  readonly values?: readonly string[] | undefined;
  /** Replaces stored snapshots that differ. */
  readonly updateSnapshot?: boolean | undefined;
  /** False to leave out the tests of subcharts. */
  readonly withSubchart?: boolean | undefined;
  /** Stops at the first failure. */
  readonly failfast?: boolean | undefined;
  /** Refuses unknown keys of suites. */
  readonly strict?: boolean | undefined;
  /** Folder of a chart that renders suites, relative to the tested chart. */
  readonly chartTestsPath?: string | undefined;
  /** `0.2`: asserts mean what they meant in helm-unittest 0.2. */
  readonly suiteFormat?: string | undefined;
  /** Gives upstream's verdicts where they are wrong. */
  readonly upstreamBugs?: boolean | undefined;
  /** `.Release.Service`; `Tiller` when absent, `Helm` for suites that expect Helm 3's. */
  readonly releaseService?: string | undefined;
  /** False to ignore `values.schema.json`, as Helm 2 does. */
  readonly schema?: boolean | undefined;
  /** Writes no snapshots; a missing one is a failure. */
  readonly ci?: boolean | undefined;
  /** Runs only jobs whose suite or name contains this text. */
  readonly filter?: string | undefined;
  /** Starts post-renderers; absent: suites that need one fail. */
  readonly postRender?: RunPostRenderer | undefined;
  /** Selects suites; absent: all. */
  readonly selects?: ((suite: Suite, chartPath: string) => boolean) | undefined;
  /** Folder that gets the rendered files. */
  readonly renderPath?: string | undefined;
  /** Counts which lines, branches and values of the templates the tests reach. */
  readonly coverage?: boolean | undefined;
  /** Called with lines about loading a chart. */
  readonly log?: ((text: string) => void) | undefined;
}

/** Called while tests run. */
export interface UnittestEvents {
  /** A chart was loaded, and its suites are about to run. */
  readonly chart?: (name: string, path: string) => void;
  /** A chart cannot be tested. */
  readonly chartError?: (message: string) => void;
  /** A suite has run. */
  readonly suite?: (result: SuiteResult) => void;
  /** Advice: something that was given selects nothing, or a suite has a typing mistake. */
  readonly note?: (text: string) => void;
}

/** The tests of one chart. */
export interface ChartTests {
  /** As it was given. */
  readonly path: string;
  /** Its name; empty when it cannot be loaded. */
  readonly name: string;
  /** True if all suites passed. */
  readonly passed: boolean;
  /** Why it cannot be tested. */
  readonly error?: string | undefined;
  /** In the order of files. */
  readonly suites: readonly SuiteResult[];
  /** With `coverage`: the chart, then its subcharts. */
  readonly coverage?: readonly CoveredChart[] | undefined;
}

/** Numbers of one kind of thing. */
export interface TestCounts {
  /** Passed. */
  readonly passed: number;
  /** Failed, with those that could not run. */
  readonly failed: number;
  /** Could not run. */
  readonly errored: number;
  /** Skipped. */
  readonly skipped: number;
}

/** The result of {@linkcode runChartTests}. */
export interface UnittestReport {
  /** True if everything passed or was skipped. */
  readonly passed: boolean;
  /** By chart, in the order given. */
  readonly charts: readonly ChartTests[];
  /** Numbers of charts, suites, tests and snapshots. */
  readonly counts: {
    readonly charts: TestCounts;
    readonly suites: TestCounts & { readonly snapshotFailed: number };
    readonly tests: TestCounts;
    readonly snapshots: { readonly passed: number; readonly failed: number; readonly created: number };
  };
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** Options of one chart. */
interface ChartOptions extends UnittestOptions {
  readonly collector?: CoverageCollector | undefined;
}

/** Runs the tests of charts, one after the other. Failures of tests are results; nothing is thrown for them. */
export async function runChartTests(
  paths: readonly string[],
  options: UnittestOptions = {},
  events: UnittestEvents = {},
): Promise<UnittestReport> {
  const start = performance.now();
  const charts: ChartTests[] = [];
  for (const pattern of options.values ?? []) {
    if (findFiles("", [pattern]).every((file) => !pathExists(file))) {
      events.note?.(`--values ${pattern} matches no file`);
    }
  }
  for (const path of paths) {
    const tests = await testChart(path, options, events);
    charts.push(tests);
    if (tests.error !== undefined && options.failfast) break;
  }
  const { filter = "", file = [] } = options;
  if (filter !== "" && charts.every(({ suites, error }) => suites.length === 0 && error === undefined)) {
    events.note?.(`--filter ${filter} selects no test`);
  }
  for (const pattern of file) {
    if (!paths.some((path) => hasSuites(path, pattern))) {
      events.note?.(`--file ${pattern} matches no file in the chart`);
    }
  }
  return {
    passed: charts.every(({ passed }) => passed),
    charts,
    counts: countAll(charts),
    durationMs: performance.now() - start,
  };
}

/** True if a pattern selects suites of a chart or of the charts in its folder. */
function hasSuites(path: string, pattern: string): boolean {
  return [path, ...findCharts(path)].some((folder) => findFiles(folder, [pattern]).some(pathExists));
}

async function testChart(path: string, options: UnittestOptions, events: UnittestEvents): Promise<ChartTests> {
  const broken = (error: unknown, suites: SuiteResult[] = []): ChartTests => {
    if (!(error instanceof SkegError)) throw error;
    events.chartError?.(error.message);
    return { path, name: "", passed: false, error: error.message, suites };
  };
  let chart: Chart;
  try {
    chart = await loadChart(path, { warn: options.log });
  } catch (error) {
    return broken(error);
  }
  const unreadable: SuiteResult[] = [];
  const onUnreadable = (result: SuiteResult, advice?: string) => {
    unreadable.push(result);
    events.suite?.(result);
    if (advice !== undefined) events.note?.(advice);
  };
  let suites: Suite[];
  try {
    suites = await suitesOf(path, chart.metadata.name, chart, options, onUnreadable);
  } catch (error) {
    return broken(error, unreadable);
  }
  events.chart?.(chart.metadata.name, path);
  const chosen = options.selects === undefined ? suites : suites.filter((suite) => options.selects?.(suite, path));
  const collector = options.coverage ? new (await import("./coverage_report.ts")).CoverageCollector() : undefined;
  const results = await runSuites(chart, chosen, { ...options, collector }, events);
  const passed = results.every((result) => result.passed);
  const coverage = collector?.report(chart, shownPath(path));
  return { path, name: chart.metadata.name, passed, suites: [...unreadable, ...results], coverage };
}

/** Finds and parses the suites of a chart and its subcharts. Upstream: an unreadable suite of a subchart fails alone. */
async function suitesOf(
  path: string,
  route: string,
  chart: Chart,
  options: UnittestOptions,
  onUnreadable: (result: SuiteResult, advice?: string) => void,
): Promise<Suite[]> {
  const values = findFiles("", options.values ?? []).map((file) => join(Deno.cwd(), shownPath(file)));
  const suites: Suite[] = [];
  const patterns = options.file?.length ? options.file : [SUITE_PATTERN];
  for (const file of findFiles(path, patterns)) {
    const shown = shownPath(file);
    let text = "";
    try {
      text = readTextFile(file);
      suites.push(...parseSuites(text, { file: shown, route, strict: options.strict, values }));
    } catch (error) {
      if (error instanceof SkegError) onUnreadable(unreadableSuite(shown, error.message), adviceOf(error, shown, text));
      throw error;
    }
  }
  suites.push(...await renderedSuites(path, route, values, options));
  if (options.withSubchart === false) return suites;
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    try {
      const below = await suitesOf(join(path, "charts", name), `${route}/charts/${name}`, child, options, onUnreadable);
      suites.push(...below);
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
    }
  }
  return suites;
}

/** Returns the hint of an error about a suite, with the place of the assert that it names. */
function adviceOf({ message, hint }: SkegError, file: string, text: string): string | undefined {
  if (hint === undefined) return undefined;
  const name = /^Assertion type `(.+)` is invalid$/.exec(message)?.[1];
  const item = name === undefined ? undefined : new RegExp(`^\\s*-\\s+\\{?\\s*${RegExp.escape(name)}\\s*:`);
  const at = item === undefined ? -1 : text.split("\n").findIndex((line) => item.test(line));
  return `${file}${at < 0 ? "" : `:${at + 1}`}: ${message}: ${hint}`;
}

function unreadableSuite(file: string, error: string): SuiteResult {
  const snapshots = { total: 0, failed: 0, created: 0, vanished: 0 };
  return { name: "", file, passed: false, skipped: false, error, jobs: [], snapshots };
}

/** Renders the suites of the chart of tests. */
async function renderedSuites(
  path: string,
  route: string,
  values: readonly string[],
  { chartTestsPath = "", strict }: UnittestOptions,
): Promise<Suite[]> {
  const folder = join(path, chartTestsPath);
  if (chartTestsPath === "" || !pathExists(folder)) return [];
  const chart = await loadChart(folder);
  const release = { name: "TEST-SUITE-RELEASE", namespace: "NAMESPACE", revision: 1, isInstall: false };
  const rendered = await renderChart(chart, { release });
  const suites: Suite[] = [];
  for (const [name, text] of Object.entries(rendered).sort(([left], [right]) => left < right ? -1 : 1)) {
    const file = shownPath(join(folder, name.replace(chart.metadata.name, "")));
    const found = parseSuites(text, { file, route, strict, values, isRendered: true });
    if (found.length === 0) {
      throw new SkegError("chart", `test suite template (${name}) file did not render a manifest`);
    }
    suites.push(...found.map((suite, at) => suite.snapshotId === "" ? { ...suite, snapshotId: `${at}` } : suite));
  }
  return suites;
}

async function runSuites(
  chart: Chart,
  suites: readonly Suite[],
  options: ChartOptions,
  events: UnittestEvents,
): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  const files = new Map<string, SnapshotFile>();
  const cache = new ChartCache(options.collector?.counters);
  const readValues = valuesReader();
  for (const [at, suite] of suites.entries()) {
    const path = snapshotPath(suite.file, suite.snapshotId);
    const result = await runOne(chart, suite, path, { files, cache, readValues, options });
    if (result === undefined) continue;
    results.push(result);
    events.suite?.(result);
    const isLast = !suites.slice(at + 1).some((later) => snapshotPath(later.file, later.snapshotId) === path);
    const stopped = options.failfast === true && !result.passed;
    if (isLast || stopped) storeSnapshots(path, files, options);
    if (stopped) break;
  }
  return results;
}

/** The parts that the suites of a run share. */
interface SharedParts {
  readonly files: Map<string, SnapshotFile>;
  readonly cache: ChartCache;
  readonly readValues: RunSuiteOptions["readValues"];
  readonly options: ChartOptions;
}

/** Runs a suite; `undefined` when the filter selects none of its jobs. */
async function runOne(
  chart: Chart,
  suite: Suite,
  path: string,
  { files, cache, readValues, options }: SharedParts,
): Promise<SuiteResult | undefined> {
  const { filter = "", updateSnapshot, ci, postRender, failfast, suiteFormat, upstreamBugs, renderPath } = options;
  const selects = (name: string) => filter === "" || suite.name.includes(filter) || name.includes(filter);
  if (!suite.jobs.some(({ name }) => selects(name))) return undefined;
  const { collector } = options;
  collector?.suite(suite.route);
  try {
    const snapshots = files.get(path) ?? new SnapshotFile(readSnapshots(path), { update: updateSnapshot, ci });
    files.set(path, snapshots);
    return await runSuite(chart, suite, {
      snapshots,
      cache,
      readValues,
      postRender,
      failFast: failfast,
      isOldFormat: suiteFormat === "0.2",
      upstreamBugs,
      service: options.releaseService,
      schema: options.schema ?? true,
      filter: ({ name }) => selects(name),
      onConfig: collector === undefined ? undefined : (config) => collector.config(config, suite.file),
      onRendered: (_, texts) => {
        collector?.rendered(texts);
        if (renderPath === undefined) return;
        for (const [name, text] of texts) writeWhole(join(renderPath, name), text);
      },
    });
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return unreadableSuite(suite.file, error.message);
  }
}

function storeSnapshots(path: string, files: ReadonlyMap<string, SnapshotFile>, options: UnittestOptions): void {
  // With a filter some jobs did not run: their snapshots are not obsolete.
  const text = files.get(path)?.result(options.filter !== undefined && options.filter !== "");
  if (text !== undefined) writeWhole(path, text);
}

/** Returns a reader of values files that reads each file once. */
function valuesReader(): RunSuiteOptions["readValues"] {
  const known = new Map<string, string>();
  return (path, suite) => {
    const file = valuesPath(suite.file, path);
    let text = known.get(file);
    if (text === undefined) known.set(file, text = readTextFile(file));
    return text;
  };
}

function countAll(charts: readonly ChartTests[]): UnittestReport["counts"] {
  const suites = charts.flatMap((chart) => chart.suites);
  const tests = suites.flatMap((suite) => suite.jobs);
  const sum = (of: (suite: SuiteResult) => number) => suites.reduce((total, suite) => total + of(suite), 0);
  return {
    charts: countOf(charts.map((chart) => ({ ...chart, skipped: false }))),
    suites: {
      ...countOf(suites),
      snapshotFailed: suites.filter((suite) => !suite.passed && suite.snapshots.failed > 0).length,
    },
    tests: countOf(tests.map((test) => test.passed ? { ...test, skipped: false } : test)),
    snapshots: {
      passed: sum(({ snapshots }) => snapshots.total - snapshots.failed),
      failed: sum(({ snapshots }) => snapshots.failed),
      created: sum(({ snapshots }) => snapshots.created),
    },
  };
}

function countOf(
  items: readonly { passed: boolean; skipped: boolean; error?: string | undefined }[],
): TestCounts {
  const failed = items.filter(({ passed, skipped }) => !passed && !skipped);
  return {
    passed: items.filter(({ passed, skipped }) => passed && !skipped).length,
    failed: failed.length,
    errored: failed.filter(({ error }) => error !== undefined).length,
    skipped: items.filter(({ skipped }) => skipped).length,
  };
}
