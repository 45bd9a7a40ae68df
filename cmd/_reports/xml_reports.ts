/**
 * The results of chart tests for JUnit, xUnit, NUnit and Sonar.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/formatter`.
 *
 * @module
 */
import type { JobResult, SuiteResult } from "../../engine/chart/suite/mod.ts";
import { assertTitle } from "./text.ts";
import { type XmlElement, xmlText } from "./xml.ts";

/** Facts that reports show besides results. */
export interface ReportFacts {
  /** The time of the report. */
  readonly time: Date;
  /** Name of the machine; empty unless it is wanted. */
  readonly host: string;
  /** Name of the user; empty unless it is wanted. */
  readonly user: string;
  /** The current folder; empty unless it is wanted. */
  readonly folder: string;
  /** The program and system, such as `skeg.linux-x86_64`. */
  readonly platform: string;
}

/** Returns the file of a kind of report. */
export type WriteReport = (suites: readonly SuiteResult[], facts: ReportFacts) => string;

const FRAMEWORK = "helm-unittest";

/** Returns the lines of a failed test as reports show them. */
export function failureText({ error, asserts }: JobResult): string {
  let text = error === undefined ? "" : `${error}\n`;
  for (const assert of asserts) {
    text += `\t\t ${assertTitle(assert)} \n`;
    for (const line of assert.lines) text += `\t\t\t ${line} \n`;
  }
  return text;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function suiteSeconds({ jobs }: SuiteResult): string {
  return seconds(jobs.reduce((total, { durationMs }) => total + durationMs, 0));
}

function className({ name }: SuiteResult): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}

function dateOf(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function clockOf(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** JUnit. */
export function junit(suites: readonly SuiteResult[], { time, host }: ReportFacts): string {
  return xmlText({
    name: "testsuites",
    children: suites.map((suite, id): XmlElement => {
      const failed = suite.jobs.filter(({ passed }) => !passed);
      return {
        name: "testsuite",
        attributes: {
          id,
          tests: suite.jobs.length,
          failures: failed.filter(({ error }) => error === undefined).length,
          errors: failed.filter(({ error }) => error !== undefined).length,
          package: "",
          time: suiteSeconds(suite),
          name: suite.name,
          timestamp: `${dateOf(time)}T${clockOf(time)}`,
          hostname: host,
        },
        children: [
          {
            name: "properties",
            children: [{ name: "property", attributes: { name: "helm-unittest.version", value: "1.6" } }],
          },
          ...suite.jobs.map((job): XmlElement => ({
            name: "testcase",
            attributes: { classname: className(suite), name: job.name, time: seconds(job.durationMs) },
            children: job.passed ? [] : [
              job.error === undefined
                ? { name: "failure", attributes: { message: "Failed", type: "" }, text: failureText(job) }
                : { name: "error", attributes: { message: "Error", type: "" }, text: job.error },
            ],
          })),
        ],
      };
    }),
  });
}

const METHOD = "Helm-Validation";

function xunitFailure(type: string, message: string, trace: string): XmlElement {
  return {
    name: "failure",
    attributes: { "exception-type": type },
    children: [{ name: "message", cdata: message }, { name: "stack-trace", cdata: trace }],
  };
}

/** xUnit v2. */
export function xunit(suites: readonly SuiteResult[], facts: ReportFacts): string {
  return xmlText({ name: "assemblies", children: suites.map((suite) => xunitAssembly(suite, facts)) });
}

function xunitAssembly(suite: SuiteResult, { time, platform }: ReportFacts): XmlElement {
  const passed = suite.jobs.filter((job) => job.passed).length;
  const errors = suite.jobs.filter((job) => !job.passed && job.error !== undefined).length;
  const failed = suite.jobs.length - passed - errors;
  const isBroken = suite.error !== undefined;
  const counts = { total: suite.jobs.length, passed, failed, skipped: 0 };
  return {
    name: "assembly",
    attributes: {
      name: suite.file,
      "config-file": suite.file,
      "test-framework": FRAMEWORK,
      "run-date": dateOf(time),
      "run-time": clockOf(time),
      time: suiteSeconds(suite),
      ...counts,
      ...isBroken ? { total: 1 } : {},
      errors: isBroken ? 1 : errors,
    },
    children: [
      { name: "environment", text: platform },
      {
        name: "errors",
        children: isBroken
          ? [{
            name: "error",
            attributes: { type: "Error", name: "Error" },
            children: [xunitFailure(`${METHOD}-Error`, "Error", suite.error ?? "")],
          }]
          : [],
      },
      isBroken ? undefined : {
        name: "collection",
        attributes: { name: suite.name, time: suiteSeconds(suite), ...counts },
        children: suite.jobs.map((job): XmlElement => ({
          name: "test",
          attributes: {
            name: job.name,
            type: className(suite),
            method: METHOD,
            time: seconds(job.durationMs),
            result: job.passed ? "Pass" : "Fail",
          },
          children: [
            { name: "traits", children: [] },
            job.passed
              ? undefined
              : xunitFailure(job.error === undefined ? METHOD : `${METHOD}-Error`, "Failed", failureText(job)),
          ],
        })),
      },
    ],
  };
}

/** NUnit 2.5. */
export function nunit(suites: readonly SuiteResult[], facts: ReportFacts): string {
  const tests = suites.flatMap((suite) => suite.error === undefined ? suite.jobs : []);
  const broken = suites.filter(({ error }) => error !== undefined).length;
  const failed = tests.filter(({ passed }) => !passed);
  const errors = failed.filter(({ error }) => error !== undefined).length;
  return xmlText({
    name: "test-results",
    attributes: {
      name: FRAMEWORK,
      total: tests.length + broken,
      errors: errors + broken,
      failures: failed.length - errors,
      inconclusive: 0,
      "not-run": 0,
      ignored: 0,
      skipped: 0,
      invalid: 0,
      date: dateOf(facts.time),
      time: clockOf(facts.time),
    },
    children: [
      {
        name: "environment",
        attributes: {
          "nunit-version": "2.5.8.0",
          "clr-version": "unknown",
          "os-version": "unknown",
          platform: facts.platform,
          cwd: facts.folder,
          "machine-name": facts.host,
          user: facts.user,
          "user-domain": "",
        },
      },
      { name: "culture-info", attributes: { "current-culture": "", "current-uiculture": "" } },
      ...suites.map(nunitSuite),
    ],
  });
}

function nunitResult(passed: boolean): string {
  return passed ? "Success" : "Failed";
}

function nunitFailure(message: string, trace: string): XmlElement {
  return { name: "failure", children: [{ name: "message", text: message }, { name: "stack-trace", text: trace }] };
}

function nunitSuite(suite: SuiteResult): XmlElement {
  const isBroken = suite.error !== undefined;
  return {
    name: "test-suite",
    attributes: {
      type: "TestFixture",
      name: suite.name,
      description: suite.file,
      success: `${suite.passed}`,
      time: suiteSeconds(suite),
      executed: `${!isBroken}`,
      asserts: "",
      result: nunitResult(suite.passed),
    },
    children: [
      isBroken ? nunitFailure("Error", suite.error ?? "") : undefined,
      isBroken || suite.jobs.length === 0 ? undefined : {
        name: "results",
        children: suite.jobs.map((job): XmlElement => ({
          name: "test-case",
          attributes: {
            name: job.name,
            description: `${className(suite)}.${job.name}`,
            success: `${job.passed}`,
            time: seconds(job.durationMs),
            executed: `${job.error === undefined}`,
            asserts: "0",
            result: nunitResult(job.passed),
          },
          children: job.passed ? [] : [nunitFailure("Failed", failureText(job))],
        })),
      },
    ],
  };
}

/** Sonar's generic test data. */
export function sonar(suites: readonly SuiteResult[]): string {
  return xmlText({
    name: "testExecutions",
    attributes: { version: 1 },
    children: suites.map((suite): XmlElement => ({
      name: "file",
      attributes: { path: suite.file },
      children: suite.jobs.map((job): XmlElement => ({
        name: "testCase",
        attributes: { name: job.name, duration: Math.trunc(job.durationMs) },
        children: job.passed ? [] : [
          job.error === undefined
            ? { name: "failure", attributes: { message: "Failed" }, cdata: failureText(job) }
            : { name: "error", attributes: { message: "Error" }, cdata: job.error },
        ],
      })),
    })),
  });
}
