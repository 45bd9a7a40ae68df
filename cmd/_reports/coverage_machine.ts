/**
 * The coverage of chart tests for other programs: lcov, Cobertura, JSON.
 *
 * Sources: `geninfo(1)` of lcov 1.16 for tracefiles; Cobertura's `coverage-04.dtd`.
 *
 * @module
 */
import {
  countedTemplates,
  type CoveredChart,
  type CoveredTemplate,
  percentOf,
  type Share,
  totalOf,
} from "../../app/coverage_report.ts";
import { type XmlElement, xmlText } from "./xml.ts";

function reached(counts: readonly { readonly hits: number }[]): number {
  return counts.filter(({ hits }) => hits > 0).length;
}

/** The record of one file: definitions, branches by their place in the text, lines. */
function lcovRecord({ file, counts, lines, branches }: CoveredTemplate): string {
  const { defines } = counts;
  const ways = counts.branches.flatMap(({ line, ways }, block) => {
    const ran = reached(ways) > 0;
    return ways.map(({ hits }, way) => `BRDA:${line},${block},${way},${ran ? hits : "-"}`);
  });
  return [
    "TN:",
    `SF:${file}`,
    ...defines.map(({ line, name }) => `FN:${line},${name}`),
    ...defines.map(({ hits, name }) => `FNDA:${hits},${name}`),
    `FNF:${defines.length}`,
    `FNH:${reached(defines)}`,
    ...ways,
    `BRF:${branches.total}`,
    `BRH:${branches.hit}`,
    ...counts.lines.map(({ line, hits }) => `DA:${line},${hits}`),
    `LF:${lines.total}`,
    `LH:${lines.hit}`,
    "end_of_record\n",
  ].join("\n");
}

/** Returns a tracefile of lcov. */
export function lcovText(charts: readonly CoveredChart[]): string {
  return charts.flatMap(({ templates }) => templates).map(lcovRecord).join("");
}

function rate({ hit, total }: Share): string {
  return total === 0 ? "1" : `${Math.round(hit / total * 10_000) / 10_000}`;
}

function rates(templates: readonly CoveredTemplate[]): Record<string, string> {
  return { "line-rate": rate(totalOf(templates, "lines")), "branch-rate": rate(totalOf(templates, "branches")) };
}

/** A line with its branches. */
function coberturaLine({ counts }: CoveredTemplate, line: number, hits: number): XmlElement {
  const branches = counts.branches.filter((branch) => branch.line === line);
  if (branches.length === 0) return { name: "line", attributes: { number: line, hits, branch: "false" } };
  const shareOf = (ways: readonly { readonly hits: number }[]) => ({ hit: reached(ways), total: ways.length });
  const all = shareOf(branches.flatMap(({ ways }) => ways));
  return {
    name: "line",
    attributes: {
      number: line,
      hits,
      branch: "true",
      "condition-coverage": `${percentOf(all)}% (${all.hit}/${all.total})`,
    },
    children: [{
      name: "conditions",
      children: branches.map(({ ways }, number) => ({
        name: "condition",
        attributes: { number, type: "jump", coverage: `${percentOf(shareOf(ways))}%` },
      })),
    }],
  };
}

function coberturaClass(template: CoveredTemplate): XmlElement {
  const { counts, path, file } = template;
  const methods = counts.defines.map(({ name, line, hits }): XmlElement => ({
    name: "method",
    attributes: { name, signature: "", "line-rate": hits > 0 ? "1" : "0", "branch-rate": "1", complexity: 0 },
    children: [{ name: "lines", children: [{ name: "line", attributes: { number: line, hits } }] }],
  }));
  const lines = counts.lines.map(({ line, hits }) => coberturaLine(template, line, hits));
  return {
    name: "class",
    attributes: { name: path, filename: file, ...rates([template]), complexity: 0 },
    children: [{ name: "methods", children: methods }, { name: "lines", children: lines }],
  };
}

/**
 * Returns a Cobertura report, with a package for each chart and a class for each template. Its totals include all charts.
 *
 * @param time When the tests ran.
 */
export function coberturaText(charts: readonly CoveredChart[], time: Date): string {
  const all = charts.flatMap(({ templates }) => templates);
  const [lines, branches] = [totalOf(all, "lines"), totalOf(all, "branches")];
  const packages = charts.map(({ name, templates }): XmlElement => ({
    name: "package",
    attributes: { name, ...rates(templates), complexity: 0 },
    children: [{ name: "classes", children: templates.map(coberturaClass) }],
  }));
  const root: XmlElement = {
    name: "coverage",
    attributes: {
      ...rates(all),
      "lines-covered": lines.hit,
      "lines-valid": lines.total,
      "branches-covered": branches.hit,
      "branches-valid": branches.total,
      complexity: 0,
      version: "1.9",
      timestamp: time.getTime(),
    },
    children: [
      { name: "sources", children: [{ name: "source", text: "." }] },
      { name: "packages", children: packages },
    ],
  };
  const type = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${type}\n${xmlText(root)}`;
}

/** Returns the coverage as JSON-like data. */
export function coverageData(charts: readonly CoveredChart[]): unknown {
  const counted = countedTemplates(charts);
  return {
    total: { lines: totalOf(counted, "lines"), branches: totalOf(counted, "branches") },
    charts: charts.map(({ name, isCounted, templates, unread, missing, unused }) => ({
      name,
      inTotal: isCounted,
      values: { neverRead: unread, withoutDefault: missing, setAndNeverRead: unused },
      templates: templates.map(({ path, file, hasDocument, lines, branches, counts }) => ({
        path,
        file,
        hasDocument,
        lines: { ...lines, hits: counts.lines },
        branches: { ...branches, places: counts.branches },
        defines: counts.defines,
        calls: counts.calls,
      })),
    })),
  };
}
