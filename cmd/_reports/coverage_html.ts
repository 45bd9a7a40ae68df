/**
 * The coverage of chart tests as one HTML file. It loads nothing and has no script.
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
import { unreachedLines } from "./coverage_text.ts";

const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1d2329; --soft: #5c6670; --edge: #d8dde3; --hit: #e3f6e6;
  --miss: #fde4e2; --part: #fdf3d3; --bar: #2f9e4f; --rest: #e5b8b4; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #15181c; --fg: #e3e7eb; --soft: #97a1ab; --edge: #343b43; --hit: #16331f; --miss: #44201f;
    --part: #41371a; --bar: #3fb263; --rest: #6d3a37; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--edge); vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
a { color: inherit; }
.soft { color: var(--soft); }
.bar { display: inline-block; width: 5rem; height: .55rem; border-radius: .3rem; overflow: hidden;
  background: var(--rest); }
.bar i { display: block; height: 100%; background: var(--bar); }
details { border: 1px solid var(--edge); border-radius: .4rem; margin: .6rem 0; }
summary { cursor: pointer; padding: .4rem .7rem; }
.code { overflow-x: auto; border-top: 1px solid var(--edge); font: 13px/1.45 ui-monospace, monospace; }
.code table { width: auto; min-width: 100%; }
.code td { border: 0; padding: 0 .6rem; white-space: pre; }
.code td.number { color: var(--soft); user-select: none; }
tr.hit { background: var(--hit); } tr.miss { background: var(--miss); } tr.part { background: var(--part); }
`;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

function shareCells(share: Share): string {
  const percent = percentOf(share);
  const bar = `<span class="bar" aria-hidden="true"><i style="width:${percent}%"></i></span>`;
  return `<td class="number">${share.hit}/${share.total}</td><td class="number">${
    share.total === 0 ? "–" : `${percent} %`
  }</td><td>${bar}</td>`;
}

/** The ways of a line's branches that no run took. */
function missedWays({ counts }: CoveredTemplate, line: number): string[] {
  return counts.branches.filter((branch) => branch.line === line).flatMap(({ kind, ways }) => {
    const missed = ways.filter(({ hits }) => hits === 0).map(({ name }) => name);
    return missed.length === 0 ? [] : [`${kind}: never ${missed.join(", ")}`];
  });
}

function codeRows(template: CoveredTemplate): string {
  const hits = new Map(template.counts.lines.map((each) => [each.line, each.hits]));
  return template.text.replace(/\n$/, "").split("\n").map((text, at) => {
    const line = at + 1;
    const count = hits.get(line);
    const missed = count === 0 ? [] : missedWays(template, line);
    const kind = count === undefined && missed.length === 0
      ? ""
      : count === 0
      ? ' class="miss"'
      : missed.length > 0
      ? ' class="part"'
      : ' class="hit"';
    const note = missed.length > 0 ? `<td class="soft">${escaped(missed.join("; "))}</td>` : "<td></td>";
    const number = `<td class="number">${line}</td><td class="number">${count === undefined ? "" : `${count}×`}</td>`;
    return `<tr${kind}>${number}<td>${escaped(text)}</td>${note}</tr>`;
  }).join("\n");
}

function sourceOf(chart: CoveredChart, template: CoveredTemplate): string {
  const unreached = unreachedLines(template);
  const summary = unreached === "" ? "every line ran" : `never run: ${unreached}`;
  return `<details id="${escaped(`${chart.name}/${template.path}`)}">
<summary>${escaped(template.path)} <span class="soft">${summary}</span></summary>
<div class="code"><table>
${codeRows(template)}
</table></div>
</details>`;
}

function valuesOf({ unread, missing, unused }: CoveredChart): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? "" : `<p>${title}: ${items.map((item) => `<code>${escaped(item)}</code>`).join(", ")}</p>`;
  return [
    list("Values never read", unread),
    list("Values without a default", missing),
    list("Values that tests set and nothing reads", unused.map(({ path, suites }) => `${path} (${suites.join(", ")})`)),
  ].join("\n");
}

function chartOf(chart: CoveredChart): string {
  const rows = chart.templates.map((template) => {
    const link = `<a href="#${escaped(encodeURI(`${chart.name}/${template.path}`))}">${escaped(template.path)}</a>`;
    const note = template.hasDocument ? "" : ' <span class="soft">no document</span>';
    return `<tr><td>${link}${note}</td>${shareCells(template.lines)}${shareCells(template.branches)}</tr>`;
  });
  const apart = chart.isCounted ? "" : ' <span class="soft">its suites did not run: not in the total</span>';
  return `<h2>${escaped(chart.name)}${apart}</h2>
<table><thead><tr><th>Template</th><th class="number" colspan="2">Lines</th><th></th>` +
    `<th class="number" colspan="2">Branches</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
${valuesOf(chart)}
${chart.templates.map((template) => sourceOf(chart, template)).join("\n")}`;
}

/** Returns the page. */
export function coverageHtml(charts: readonly CoveredChart[]): string {
  const counted = countedTemplates(charts);
  const [lines, branches] = [totalOf(counted, "lines"), totalOf(counted, "branches")];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coverage of chart tests</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Coverage of chart tests</h1>
<p>Lines ${lines.hit}/${lines.total} (${percentOf(lines)} %), branches ${branches.hit}/${branches.total} (${
    percentOf(branches)
  } %).</p>
${charts.filter(({ templates }) => templates.length > 0).map(chartOf).join("\n")}
</body>
</html>
`;
}
