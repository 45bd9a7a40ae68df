/**
 * The coverage of chart tests as a table of text.
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

/**
 * Returns the lines that never ran, as ranges: `14-19, 22`. Lines without code between two that never ran belong to the range.
 */
export function unreachedLines({ counts }: CoveredTemplate): string {
  const ranges: [number, number][] = [];
  let isOpen = false;
  for (const { line, hits } of counts.lines) {
    const last = ranges.at(-1);
    if (hits > 0) isOpen = false;
    else if (isOpen && last !== undefined) last[1] = line;
    else {
      ranges.push([line, line]);
      isOpen = true;
    }
  }
  return ranges.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(", ");
}

/** Leaves out the lines of definitions that never ran: their names say it. A partial has no lines outside of definitions. */
function withoutDefines(template: CoveredTemplate): CoveredTemplate {
  const { counts, path } = template;
  if (!path.slice(path.lastIndexOf("/") + 1).startsWith("_")) return template;
  const lines = counts.lines.filter(({ line }) => counts.defines.findLast((each) => each.line <= line)?.hits !== 0);
  return { ...template, counts: { ...counts, lines } };
}

/** Describes the parts of a template that no test reached. */
function neverRun(template: CoveredTemplate): string {
  const { counts, lines, hasDocument } = template;
  const defines = counts.defines.filter(({ hits }) => hits === 0).map(({ name }) => `define ${name}`);
  if (lines.hit === 0 && !hasDocument) return "the whole template";
  const unreached = unreachedLines(withoutDefines(template));
  const empty = hasDocument ? [] : ["no document"];
  return [unreached, ...defines, ...empty].filter((part) => part !== "").join(", ");
}

function cell({ hit, total }: Share): [string, string] {
  return [`${hit}/${total}`, total === 0 ? "-" : `${percentOf({ hit, total })}%`];
}

interface Row {
  readonly name: string;
  readonly lines: readonly [string, string];
  readonly branches: readonly [string, string];
  readonly rest: string;
}

function rowOf(template: CoveredTemplate): Row {
  return {
    name: `  ${template.path}`,
    lines: cell(template.lines),
    branches: cell(template.branches),
    rest: neverRun(template),
  };
}

function totalRow(name: string, templates: readonly CoveredTemplate[]): Row {
  return { name, lines: cell(totalOf(templates, "lines")), branches: cell(totalOf(templates, "branches")), rest: "" };
}

function valueLines({ unread, missing, unused }: CoveredChart): string[] {
  const settings = unused.map(({ path, suites }) => `${path} (${suites.join(", ")})`);
  return [
    ...unread.length === 0 ? [] : [`Values never read: ${unread.join(", ")}`],
    ...missing.length === 0 ? [] : [`Values without a default: ${missing.join(", ")}`],
    ...settings.length === 0 ? [] : [`Values that tests set and nothing reads: ${settings.join(", ")}`],
  ];
}

/**
 * Returns the table. Subcharts stand apart; those whose own suites did not run are marked and are not in the total.
 */
export function coverageText(charts: readonly CoveredChart[]): string {
  const blocks = charts.filter(({ templates }) => templates.length > 0).map((chart) => ({
    chart,
    rows: chart.templates.map(rowOf),
  }));
  const total = totalRow("Total", countedTemplates(charts));
  const rows = [...blocks.flatMap((block) => block.rows), total];
  const widthOf = (of: (row: Row) => string) => Math.max(...rows.map((row) => of(row).length));
  const widths = {
    name: Math.max(widthOf(({ name }) => name), ...blocks.map(({ chart }) => chart.name.length)),
    lines: widthOf((row) => row.lines[0]),
    branches: widthOf((row) => row.branches[0]),
  };
  const line = ({ name, lines, branches, rest }: Row): string =>
    [
      name.padEnd(widths.name),
      ` ${lines[0].padEnd(widths.lines)} ${lines[1].padStart(4)}`,
      `${branches[0].padEnd(widths.branches)} ${branches[1].padStart(4)}`,
      rest,
    ].join(" ").trimEnd();
  const text = blocks.flatMap(({ chart, rows }) => [
    headLine(chart, widths),
    ...rows.map(line),
    ...valueLines(chart),
    ...chart.isCounted ? [] : ["Its suites did not run: it is not in the total."],
    "",
  ]);
  return `${[...text, line(total)].join("\n")}\n\n`;
}

function headLine({ name }: CoveredChart, widths: { name: number; lines: number; branches: number }): string {
  const lines = "lines".padEnd(widths.lines + 5);
  const branches = "branches".padEnd(widths.branches + 5);
  return `${name.padEnd(widths.name)}  ${lines} ${branches} never run`;
}
