/**
 * Prints the report of an examination.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type {
  DoctorReport,
  ExaminedPlace,
  Finding,
  FindingSeverity,
  ProposedRepair,
} from "../../engine/release/mod.ts";
import type { Context } from "./command.ts";
import type { OutputFormat } from "./flags.ts";
import type { Printer } from "./print.ts";
import { jsonText, yamlText } from "./text.ts";
import { wrappedAdvice } from "./wrap.ts";

/** Before the details of a finding. */
const INDENT = "  ";

const COLOURS = { broken: "red", warning: "yellow", note: "dim" } as const satisfies Record<FindingSeverity, string>;

/** Prints a report on standard output, as text or data. */
export function printReport(
  report: DoctorReport,
  output: OutputFormat,
  { typeable }: Pick<Context, "typeable">,
  print: Printer,
): void {
  const shown = typeableReport(report, typeable);
  if (output !== "table") {
    print.out(output === "json" ? `${jsonText(shown)}\n` : yamlText(shown));
    return;
  }
  for (const finding of shown.findings) {
    const look = print.outColour ? { colour: COLOURS[finding.severity] } : {};
    print.out(`${fitted(headline(finding), "", print)}\n`, look);
    print.out(`${detailLines(finding, print).map((line) => `${line}\n`).join("")}\n`);
  }
  for (const { what, why } of report.unseen) print.out(`${fitted(`Not looked at: ${what}: ${why}`, "", print)}\n`);
  if (report.unseen.length > 0) print.out("\n");
  const broken = brokenLine(report);
  if (broken !== "") print.out(`${fitted(broken, "", print)}\n`, print.outColour ? { colour: COLOURS.broken } : {});
  print.out(`${fitted(summaryLine(report), "", print)}\n`);
}

/** Returns a report whose command lines can be typed. */
export function typeableReport(report: DoctorReport, typeable: Context["typeable"]): DoctorReport {
  return { ...report, findings: report.findings.map((finding) => withTypeable(finding, typeable)) };
}

/** Completes the command lines: they get the program's name and the flags that chose the cluster. */
function withTypeable(finding: Finding, typeable: Context["typeable"]): Finding {
  const complete = (command: string): string => command === "" ? "" : typeable(`'${command}'`).slice(1, -1);
  return {
    ...finding,
    repairs: finding.repairs.map(({ command, effect }) => ({ command: complete(command), effect: typeable(effect) })),
    noRepair: typeable(finding.noRepair),
  };
}

function headline({ id, severity, title, release, namespace, storage }: Finding): string {
  const place = storage === ""
    ? "cluster"
    : `${storage} storage${namespace === "" ? "" : ` of namespace ${namespace}`}`;
  return `${release === "" ? place : release}: ${severity} (${id}): ${title}`;
}

/** Returns a line with its indentation; on a terminal it is broken between words, and further rows stand a little further in. */
function fitted(line: string, indent: string, { terminal, columns }: Printer): string {
  const further = "  ";
  return terminal ? wrappedAdvice(further + indent + line, columns).replace(further, "") : indent + line;
}

function detailLines({ evidence, consequence, repairs, noRepair }: Finding, print: Printer): string[] {
  const line = (text: string): string => fitted(text, INDENT, print);
  return [
    ...evidence.map(({ source, text }) => line(`${source}: ${text}`)),
    ...consequence === "" ? [] : [line(`Consequence: ${consequence}`)],
    ...repairs.flatMap((repair, index) => repairLines(repair, index, print)),
    ...noRepair === "" ? [] : [line(`No repair: ${noRepair}`)],
  ];
}

/** Returns a repair as one line; on a terminal that it does not fit, the command has a row of its own, to be copied. */
function repairLines({ command, effect }: ProposedRepair, index: number, print: Printer): string[] {
  const { terminal, columns } = print;
  const label = index === 0 ? "Repair" : "Or";
  if (command === "") return [fitted(`${label}: ${effect}`, INDENT, print)];
  const line = `${label}: ${command}  (${effect})`;
  if (!terminal || line.length + INDENT.length <= columns) return [INDENT + line];
  // Not broken even where it is too long, so that it can be copied.
  return [`${INDENT}${label}: ${command}`, fitted(`  (${effect})`, INDENT, print)];
}

/** The most names of the line of broken releases. */
const NAMES_MAX = 10;

/** Names the broken releases again: of many, only the end of the report is on the screen. */
function brokenLine({ findings, releases }: DoctorReport): string {
  const broken = findings.filter(({ severity, release }) => severity === "broken" && release !== "");
  const names = [...new Set(broken.map(({ release }) => release))];
  if (releases < 2 || names.length === 0) return "";
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : "";
  return `Broken: ${names.slice(0, NAMES_MAX).join(", ")}${more}`;
}

function summaryLine({ findings, releases, places }: DoctorReport): string {
  const counts = (["broken", "warning", "note"] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => severity === "broken" ? `${count} broken` : counted(count, severity));
  const where = places.filter(({ revisions }) => revisions > 0).map(placeText).join(", ");
  const what = `${counted(releases, "release")} examined${where === "" ? "" : ` (${where})`}`;
  return `${what}: ${counts.length === 0 ? "nothing found" : counts.join(", ")}`;
}

function placeText({ storage, namespace, revisions }: ExaminedPlace): string {
  return `${counted(revisions, "record")} in ${storage} storage${namespace === "" ? "" : ` of namespace ${namespace}`}`;
}
