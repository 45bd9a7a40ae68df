/**
 * The results as a page.
 *
 * @module
 */
import { cpus, release, totalmem, type } from "node:os";
import { type Entry, NAMES, type Results, type Who } from "./results.ts";
import { median, type Sample } from "./sample.ts";
import { medianOf, ratio, verdicts } from "./targets.ts";

const ORDER: readonly Who[] = [
  "skeg",
  "library",
  "before",
  "itself",
  "helm2",
  "helm3",
  "helm4",
  "unittest",
  "kubectl",
  "kapp",
  "limit",
];

/** Titles of the families, in the order in which they are shown. */
const FAMILIES: readonly (readonly [family: string, title: string])[] = [
  ["startup", "Start-up"],
  ["template", "Rendering"],
  ["charts", "Charts"],
  ["corpus", "Many charts"],
  ["tests", "Chart tests"],
  ["index", "Repositories"],
  ["stored", "Stored revisions, on a real control plane"],
  ["objects", "Objects, on a real control plane"],
  ["plans", "Plans, on a real control plane"],
  ["doctor", "Examinations, on a real control plane"],
];

/** Options of {@linkcode report}. */
export interface ReportOptions {
  readonly versions: readonly string[];
  readonly command: string;
  /** Load (busy cores) from which on a measurement is marked. */
  readonly loadMax?: number;
}

/** Returns the page in Markdown. */
export function report(results: Results, { versions, command, loadMax = 1 }: ReportOptions): string {
  const lines = [
    "# skeg beside its peers",
    "",
    "Made by `deno task bench:peers`; do not edit. `README.md` in this folder says how it is measured and what it means.",
    "",
    `- Machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, ${
      Math.round(totalmem() / 2 ** 30)
    } GiB, ${type()} ${release()}`,
    `- Versions: ${versions.join("; ")}`,
    `- Command: \`${command}\``,
    "",
    "## Targets",
    "",
    targetTable(results),
    "",
    "Ratios are of medians, skeg over the other, measured in turns in one run: of wall time, which decides, and in brackets of CPU time. What is above its limit is bold.",
  ];
  for (const [family, title] of FAMILIES) {
    const entries = results.family(family);
    if (entries.length === 0) continue;
    lines.push("", `## ${title}`, "", ...familyTable(entries, loadMax));
  }
  return lines.join("\n") + "\n";
}

/** Returns the table of targets. */
export function targetTable(results: Results): string {
  return [
    "| work | target | measured | |",
    "|---|---|---|---|",
    ...verdicts(results).map(({ work, target, measured, met }) =>
      `| ${work} | ${target} | ${measured} | ${met === undefined ? "not measured" : met ? "met" : "**missed**"} |`
    ),
  ].join("\n");
}

/** Returns the table of ratios to an earlier build: medians of wall time, CPU time and memory. */
export function beforeTable(results: Results): string {
  const entries = results.all().filter(({ samples }) => samples.before !== undefined);
  const share = (entry: Entry, of: (sample: Sample) => number): string => ratio(entry, "before", of)?.toFixed(2) ?? "";
  return [
    "| work | wall s | of before | CPU | memory | runs |",
    "|---|---|---|---|---|---|",
    ...entries.map((entry) =>
      `| ${entry.title} | ${
        (medianOf(entry, "skeg", wallOf) ?? medianOf(entry, "library", wallOf))?.toFixed(3) ?? ""
      } | ${share(entry, wallOf)} | ${share(entry, ({ cpu }) => cpu)} | ${share(entry, ({ memory }) => memory)} | ${
        entry.samples.before?.length ?? 0
      } |`
    ),
  ].join("\n");
}

const wallOf = ({ wall }: Sample): number => wall;

function familyTable(entries: readonly Entry[], loadMax: number): string[] {
  const withWire = entries.some(({ wire }) => Object.keys(wire).length > 0);
  const lines = [
    `| work | | wall s | CPU s | peak MiB | skeg / it: wall | CPU | memory | runs |${
      withWire ? " requests | received KiB | sent KiB |" : ""
    }`,
    `|---|---|---|---|---|---|---|---|---|${withWire ? "---|---|---|" : ""}`,
  ];
  for (const entry of entries) {
    let title = entry.title + (entry.load > loadMax ? " †" : "");
    for (const who of ORDER.filter((name) => entry.samples[name] !== undefined || entry.wire[name] !== undefined)) {
      lines.push(
        `| ${title} | ${NAMES[who]} | ${cells(entry, who).join(" | ")} |${withWire ? wireCells(entry, who) : ""}`,
      );
      title = "";
    }
    if (entry.boundSeconds !== undefined) lines.push(boundLine(entry, entry.boundSeconds, withWire));
  }
  const notes = [...new Set(entries.flatMap(({ note }) => note === undefined ? [] : [note]))];
  const commands = entries.flatMap((entry) =>
    ORDER.flatMap((who) => entry.commands[who] ? [`- ${entry.id}: \`${entry.commands[who]}\``] : [])
  );
  const loaded = entries.some(({ load }) => load > loadMax)
    ? ["", "† Other programs kept the machine busy while this was measured; read its ratios, not its times."]
    : [];
  return [
    ...lines,
    ...loaded,
    ...notes.flatMap((note) => ["", note]),
    "",
    "<details><summary>Commands</summary>",
    "",
    ...commands,
    "",
    "</details>",
  ];
}

/** Returns the line for a calculated limit. */
function boundLine(entry: Entry, seconds: number, withWire: boolean): string {
  const ours = medianOf(entry, "skeg", ({ wall }) => wall);
  const share = ours === undefined ? "" : (ours / seconds).toFixed(3);
  return `|  | ${NAMES.limit} | ${seconds.toFixed(3)} |  |  | ${share} |  |  |  |${withWire ? "  |  |  |" : ""}`;
}

function cells(entry: Entry, who: Who): string[] {
  const samples = entry.samples[who] ?? [];
  const figure = (of: (sample: Sample) => number, digits: number): string => spread(samples.map(of), digits);
  const ours = who === "skeg" || who === "library";
  const share = (of: (sample: Sample) => number): string => ours ? "" : ratio(entry, who, of)?.toFixed(3) ?? "";
  return [
    figure(({ wall }) => wall, 3),
    figure(({ cpu }) => cpu, 2),
    figure(({ memory }) => memory, 0),
    share(({ wall }) => wall),
    share(({ cpu }) => cpu),
    share(({ memory }) => memory),
    String(samples.length),
  ];
}

function wireCells(entry: Entry, who: Who): string {
  const wire = entry.wire[who];
  if (wire === undefined) return " | | |";
  const kib = (bytes: number): string => (bytes / 1024).toFixed(bytes < 102_400 ? 1 : 0);
  return ` ${wire.requests} | ${kib(wire.received)} | ${kib(wire.sent)} |`;
}

/** Returns the median, the smallest and the largest value as text. */
function spread(values: readonly number[], digits: number): string {
  if (values.length === 0) return "";
  const text = (value: number): string => value.toFixed(digits);
  return values.length === 1
    ? text(median(values))
    : `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}
