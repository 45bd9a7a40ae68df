/**
 * Finds and parses the suites of a chart.
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
import { parseSuites, type Suite, type SuiteResult } from "../engine/chart/suite/mod.ts";
import { findFiles, pathExists, readTextFile, shownPath, SUITE_PATTERN } from "./unittest_files.ts";
import type { UnittestOptions } from "./unittest_options.ts";

/** Finds and parses the suites of a chart and its subcharts. Upstream: an unreadable suite of a subchart fails alone. */
export async function suitesOf(
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

/** Returns the result of a suite that cannot run. */
export function unreadableSuite(file: string, error: string): SuiteResult {
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
