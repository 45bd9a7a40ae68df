/**
 * The results of chart tests as helm-unittest prints them.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_runner.go`, `pkg/unittest/results`, `pkg/unittest/printer`.
 *
 * @module
 */
import { formatDuration } from "../../engine/lang/golang/mod.ts";
import type { AssertResult, JobResult, SuiteResult } from "../../engine/chart/suite/mod.ts";
import type { TestCounts, UnittestReport } from "../../app/unittest.ts";

/** How a part of a line looks. */
export type Paint = (text: string, style: keyof typeof STYLES) => string;

const STYLES = {
  success: "32",
  successLabel: "42;30",
  danger: "31",
  dangerLabel: "41;37",
  warning: "33",
  warningLabel: "43;30",
  highlight: "1",
  faint: "2",
} as const;

/** Returns text as it is. */
export function plainPaint(text: string): string {
  return text;
}

/** Returns text with the sequences of a terminal, as upstream's colour library writes them. */
export function colourPaint(text: string, style: keyof typeof STYLES): string {
  return `\u001b[${STYLES[style]}m${text}\u001b[0m`;
}

/** How results are printed. */
export interface ReportTextOptions {
  /** Colours a part of a line. */
  readonly paint: Paint;
  /** True to add notes of ours below failures. */
  readonly hints: boolean;
}

/** Returns the header of a chart. */
export function chartText(name: string, path: string, { paint }: ReportTextOptions): string {
  return `\n### Chart [ ${paint(name, "highlight")} ] ${paint(path, "faint")}\n\n`;
}

/** Returns the header of a chart that cannot be tested. */
export function chartErrorText(message: string, { paint }: ReportTextOptions): string {
  return `\n### ${paint("Error: ", "danger")} ${message}\n\n`;
}

/** Returns the lines of a suite. */
export function suiteText(result: SuiteResult, options: ReportTextOptions): string {
  const { paint } = options;
  const label = result.skipped
    ? paint(" SKIP ", "warningLabel")
    : result.passed
    ? paint(" PASS ", "successLabel")
    : paint(" FAIL ", "dangerLabel");
  const at = result.file.lastIndexOf("/") + 1;
  const folder = at === 0 ? "./" : result.file.slice(0, at);
  let text = `${label} ${paint(result.name, "highlight")}\t${paint(folder, "faint")}${result.file.slice(at)}\n`;
  if (result.error !== undefined) {
    return `${text}\t${paint("- Execution Error: ", "highlight")}\n\t\t${result.error}\n\n`;
  }
  for (const job of result.jobs) text += jobText(job, options);
  return text;
}

function jobText(job: JobResult, options: ReportTextOptions): string {
  const { paint } = options;
  if (job.passed) return "";
  if (job.skipped) {
    const label = `${paint("- ", "highlight")}${paint("SKIPPED", "warningLabel")}`;
    return `\t${label}${paint(` '${job.name}'`, "warning")}\n`;
  }
  if (job.error !== undefined) {
    const text = `\t${paint(`- ${job.name}`, "highlight")}\n\t\t${paint(`Error: ${job.error}\n`, "highlight")}\n`;
    return text + hintLines(job.notes, options);
  }
  const asserts = job.asserts.map((assert) => assertText(assert, options)).join("");
  return `\t${paint(`- ${job.name}\n`, "danger")}\n${asserts}${hintLines(job.notes, options)}`;
}

/** Returns the title of a failed assert. */
export function assertTitle({ index, not, type }: AssertResult): string {
  return `- asserts[${index}]${not ? " NOT" : ""} \`${type}\` fail`;
}

function assertText(assert: AssertResult, options: ReportTextOptions): string {
  if (assert.passed) return "";
  const lines = assert.lines.map((line) => `\t\t\t${line}\n`).join("");
  const hints = options.hints ? assert.hints.map((hint) => `\t\t\tNote: ${hint}\n`).join("") : "";
  return `\t\t${options.paint(assertTitle(assert), "danger")}\n${lines}${hints}\n`;
}

function hintLines(notes: readonly string[], { hints }: ReportTextOptions): string {
  return hints && notes.length > 0 ? `${notes.map((note) => `\t\tNote: ${note}\n`).join("")}\n` : "";
}

/** Returns the closing numbers. */
export function summaryText({ counts, durationMs }: UnittestReport, { paint }: ReportTextOptions): string {
  const { charts, suites, tests, snapshots } = counts;
  let text = "";
  if (snapshots.failed > 0) {
    const failed = paint(`${snapshots.failed} snapshot failed`, "danger");
    const advice = paint(" Check changes and use `-u` to update snapshot.", "faint");
    text += `\nSnapshot Summary: ${failed} in ${suites.snapshotFailed} test suite.${advice}\n`;
  }
  const snapshotCounts = { passed: snapshots.passed, failed: snapshots.failed, errored: 0, skipped: 0 };
  const time = formatDuration(BigInt(Math.round(durationMs * 1e6)));
  return `${text}
Charts:      ${countText(charts, paint)}
Test Suites: ${countText(suites, paint)}
Tests:       ${countText(tests, paint)}
Snapshot:    ${countText(snapshotCounts, paint)}
Time:        ${time}

`;
}

function countText({ passed, failed, errored, skipped }: TestCounts, paint: Paint): string {
  const before = (failed > 0 ? paint(`${failed} failed, `, "danger") : "") +
    (errored > 0 ? `${errored} errored, ` : "");
  const middle = skipped > 0 ? `${passed} passed, ${skipped} skipped` : `${passed} passed`;
  return `${before}${middle}, ${passed + failed + skipped} total`;
}
