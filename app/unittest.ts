/**
 * Runs the tests of charts.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_runner.go`, `test_suite.go`.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import { loadChart } from "../engine/chart/load/mod.ts";
import { ChartCache, type Suite, type SuiteResult } from "../engine/chart/suite/mod.ts";
import type { CoveredChart } from "./coverage_report.ts";
import { findCharts, findFiles, pathExists, shownPath } from "./unittest_files.ts";
import { groupRunner, groupSuites } from "./unittest_groups.ts";
import {
  functionsFor,
  isHelm3Format,
  type KeptChart,
  KeptCharts,
  type RunParts,
  type UnittestOptions,
} from "./unittest_options.ts";
import { runGroups } from "./unittest_pool.ts";
import { suitesOf } from "./unittest_suites.ts";

export type { UnittestOptions } from "./unittest_options.ts";

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

/** Runs the tests of charts, one after the other. Failures of tests are results; nothing is thrown for them. */
export async function runChartTests(
  paths: readonly string[],
  options: UnittestOptions = {},
  events: UnittestEvents = {},
  { parallel, kept = new KeptCharts() }: RunParts = {},
): Promise<UnittestReport> {
  const start = performance.now();
  const charts: ChartTests[] = [];
  for (const pattern of options.values ?? []) {
    if (findFiles("", [pattern]).every((file) => !pathExists(file))) {
      events.note?.(`--values ${pattern} matches no file`);
    }
  }
  for (const path of paths) {
    const tests = await testChart(path, options, events, { parallel, kept });
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

async function testChart(
  path: string,
  options: UnittestOptions,
  events: UnittestEvents,
  { parallel, kept }: RunParts & { readonly kept: KeptCharts },
): Promise<ChartTests> {
  const broken = (error: unknown, suites: SuiteResult[] = []): ChartTests => {
    if (!(error instanceof SkegError)) throw error;
    events.chartError?.(error.message);
    if (error.message.includes("apiVersion 'v2' is not valid")) {
      events.note?.("Helm 2 refuses charts of apiVersion v2; --suite-format 1.0 tests them as helm-unittest does");
    }
    return { path, name: "", passed: false, error: error.message, suites };
  };
  const functions = await functionsFor(options);
  const allowV2 = isHelm3Format(options);
  let ready: KeptChart;
  try {
    ready = await kept.of(path, () => loadChart(path, { warn: options.log, allowV2 }), functions);
  } catch (error) {
    return broken(error);
  }
  const { chart } = ready;
  for (const name of version2Charts(chart)) {
    events.note?.(`the chart ${name} has apiVersion v2: Helm 2 refuses it and every chart that contains it`);
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
  const collector = options.coverage
    ? new (await import("./coverage_report.ts")).CoverageCollector(functions)
    : undefined;
  const cache = collector === undefined ? ready.cache : new ChartCache(collector.counters, functions);
  const results = await runGroups({
    path,
    suites,
    groups: groupSuites(suites, (suite) => options.selects?.(suite, path) ?? true),
    run: groupRunner({ chart, suites, cache, collector, options }),
    options,
    parallel,
    onResult: (result) => events.suite?.(result),
  });
  const passed = results.every((result) => result.passed);
  const coverage = collector?.report(chart, shownPath(path));
  return { path, name: chart.metadata.name, passed, suites: [...unreadable, ...results], coverage };
}

/** Returns the names of charts of `apiVersion: v2` in a chart tree. */
function version2Charts({ metadata, dependencies }: Chart): string[] {
  return [...metadata.apiVersion === "v2" ? [metadata.name] : [], ...dependencies.flatMap(version2Charts)];
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
