/**
 * Prints and writes the coverage of chart tests, and compares it with what is wanted.
 *
 * @module
 */
import { join } from "node:path";
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import { countedTemplates, type CoveredChart, percentOf, totalOf } from "../../app/coverage_report.ts";
import { coverageHtml } from "./coverage_html.ts";
import { coberturaText, coverageData, lcovText } from "./coverage_machine.ts";
import { coverageText } from "./coverage_text.ts";
import { COVERAGE_NAMES } from "./mod.ts";

/** Files by the name of their format. */
const FILES: Readonly<Record<string, { name: string; write: (charts: readonly CoveredChart[]) => string }>> = {
  html: { name: "index.html", write: coverageHtml },
  lcov: { name: "lcov.info", write: lcovText },
  cobertura: { name: "cobertura.xml", write: (charts) => coberturaText(charts, new Date()) },
  json: { name: "coverage.json", write: (charts) => `${JSON.stringify(coverageData(charts), undefined, 2)}\n` },
};

/** Reads the list of formats. */
export function coverageFormats(text: string): string[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = names.find((name) => !COVERAGE_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new SkegError("usage", `unknown format of coverage ${quote(unknown)}`, {
      hint: `use one or more of ${COVERAGE_NAMES.join(", ")}`,
    });
  }
  return names;
}

/** The least coverage, in percent. */
export interface CoverageMin {
  /** Of lines. */
  readonly lines: number;
  /** Of branches. */
  readonly branches: number;
}

/** Reads `LINES[,BRANCHES]`. */
export function coverageMin(text: string): CoverageMin {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 2 || parts.some((part) => !/^\d{1,3}(?:\.\d+)?$/.test(part) || Number(part) > 100)) {
    throw new SkegError("usage", `invalid argument ${quote(text)} for "--coverage-min"`, {
      hint: "write percent of lines, or of lines and branches: 80 or 80,60",
    });
  }
  const [lines = 0, branches = 0] = parts.map(Number);
  return { lines, branches };
}

/** Writes the files of the formats, and returns the text that is printed. */
export function writeCoverage(
  charts: readonly CoveredChart[],
  formats: readonly string[],
  write: (name: string, text: string) => void,
  folder: string,
): string {
  for (const format of formats) {
    const file = FILES[format];
    if (file !== undefined) write(join(folder, file.name), file.write(charts));
  }
  return formats.includes("text") ? coverageText(charts) : "";
}

/** Returns a line for each kind of coverage that is less than wanted. */
export function coverageFailures(charts: readonly CoveredChart[], min: CoverageMin): string[] {
  const counted = countedTemplates(charts);
  return (["lines", "branches"] as const).flatMap((kind) => {
    const share = totalOf(counted, kind);
    if (share.total === 0 || share.hit * 100 >= min[kind] * share.total) return [];
    return [`coverage of ${kind} is ${percentOf(share)} % (${share.hit}/${share.total}), less than ${min[kind]} %`];
  });
}
