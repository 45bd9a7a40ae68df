/**
 * The results of chart tests as TAP 14 and as JSON.
 *
 * @module
 */
import type { JobResult, SuiteResult } from "../../engine/chart/suite/mod.ts";
import { encodeCurrentYaml } from "../../engine/lang/yaml/mod.ts";
import type { UnittestReport } from "../../app/unittest.ts";
import { coverageData } from "./coverage_machine.ts";
import { assertTitle } from "./text.ts";

/** In TAP `#` begins a directive. */
function described(text: string): string {
  return text.replace(/[\\#]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

function diagnostics(job: JobResult): string {
  const failures = job.asserts.filter(({ passed }) => !passed)
    .map((assert) => [assertTitle(assert), ...assert.lines].join("\n"));
  const facts = {
    message: job.error ?? `${failures.length} of ${job.asserts.length} asserts failed`,
    ...failures.length > 0 ? { failures } : {},
    duration_ms: Math.round(job.durationMs * 1000) / 1000,
  };
  return ["---", ...encodeCurrentYaml(facts).trimEnd().split("\n"), "..."].map((line) => `  ${line}\n`).join("");
}

/** TAP 14, with one test point for each job. */
export function tap(suites: readonly SuiteResult[]): string {
  let text = "";
  let number = 0;
  for (const suite of suites) {
    if (suite.error !== undefined) {
      const facts = encodeCurrentYaml({ message: suite.error }).trimEnd().split("\n").map((line) => `  ${line}\n`);
      text += `not ok ${++number} - ${described(suite.file)}\n  ---\n${facts.join("")}  ...\n`;
    }
    for (const job of suite.jobs) {
      const passed = job.passed || job.skipped;
      const name = described(suite.name === "" ? job.name : `${suite.name}: ${job.name}`);
      text += `${passed ? "ok" : "not ok"} ${++number} - ${name}${job.skipped ? " # SKIP" : ""}\n`;
      if (!passed) text += diagnostics(job);
    }
  }
  return `TAP version 14\n1..${number}\n${text}`;
}

/** Returns results as JSON-like data. */
export function suitesData(suites: readonly SuiteResult[]): unknown[] {
  return suites.map(({ name, file, passed, skipped, error, jobs, snapshots }) => ({
    name,
    file,
    passed,
    skipped,
    ...error === undefined ? {} : { error },
    tests: jobs.map((job) => ({
      name: job.name,
      passed: job.passed,
      skipped: job.skipped,
      durationMs: Math.round(job.durationMs * 1000) / 1000,
      ...job.error === undefined ? {} : { error: job.error },
      ...job.notes.length === 0 ? {} : { notes: job.notes },
      failures: job.passed || job.skipped ? [] : job.asserts.filter((assert) => !assert.passed).map((assert) => ({
        index: assert.index,
        assert: assert.type,
        not: assert.not,
        lines: assert.lines,
        ...assert.hints.length === 0 ? {} : { hints: assert.hints },
      })),
    })),
    snapshots,
  }));
}

/** JSON: a list of suites. */
export function json(suites: readonly SuiteResult[]): string {
  return `${JSON.stringify(suitesData(suites), undefined, 2)}\n`;
}

/** Returns all results and counts as JSON-like data. */
export function reportData({ passed, charts, counts, durationMs }: UnittestReport): unknown {
  return {
    passed,
    counts,
    durationMs: Math.round(durationMs),
    ...charts.some(({ coverage }) => coverage !== undefined)
      ? { coverage: coverageData(charts.flatMap(({ coverage = [] }) => coverage)) }
      : {},
    charts: charts.map((chart) => ({
      name: chart.name,
      path: chart.path,
      passed: chart.passed,
      ...chart.error === undefined ? {} : { error: chart.error },
      suites: suitesData(chart.suites),
    })),
  };
}
