/**
 * The plan and the outcome of a migration to Helm 3, as text.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { MigratedRelease, MigrationResult, ReleaseMigration } from "../../engine/release/mod.ts";
import { className, predictionLines } from "./helm3_prediction.ts";
import type { Printer } from "./print.ts";
import { tableFor } from "./screen_table.ts";

/** The most sentences of one sort that are shown of a release. */
const SHOWN_MAX = 20;

/** Returns a migration as text: one release in detail, several in a table with one line each. */
export function migrationText(
  { releases, performed }: MigrationResult,
  print: Pick<Printer, "terminal" | "columns">,
): string {
  const [only, ...more] = releases;
  if (only === undefined) return "No releases\n";
  if (more.length === 0) return `${detailLines(only, performed).join("\n")}\n`;
  const rows = releases.map((one) => rowOf(one, performed));
  return `${
    tableFor(print, [["RELEASE", "NAMESPACE", "REVISIONS", "LARGEST", "FIRST UPGRADE", "RESULT"], ...rows])
  }\n` +
    `${summary(releases, performed)}\n`;
}

function rowOf({ release, plan, outcome, message }: MigratedRelease, performed: boolean): string[] {
  const written = plan?.revisions.filter(({ leftOut }) => leftOut === undefined) ?? [];
  const largest = Math.max(0, ...written.map(({ sizeBytes }) => sizeBytes));
  return [
    release,
    plan?.namespace ?? "",
    String(written.length),
    largest === 0 ? "" : sizeText(largest),
    plan?.prediction === undefined
      ? ""
      : className(plan.prediction.class) + (plan.prediction.estimated ? " (estimated)" : ""),
    outcomeText(outcome, performed) + (message === "" ? "" : `: ${message}`),
  ];
}

function outcomeText(outcome: MigratedRelease["outcome"], performed: boolean): string {
  if (outcome === "planned") return "can be migrated";
  if (outcome === "done") return performed ? "migrated" : "migrated before";
  return outcome;
}

function summary(releases: readonly MigratedRelease[], performed: boolean): string {
  const by = Map.groupBy(releases, ({ outcome }) => outcome);
  const parts = [...by].map(([outcome, list]) => `${list.length} ${outcomeText(outcome, performed)}`);
  return `${counted(releases.length, "release")}: ${parts.join(", ")}`;
}

function detailLines(one: MigratedRelease, performed: boolean): string[] {
  const { release, plan, outcome, message, written, adopted, archive, notes } = one;
  if (plan === undefined) return [`${release}  ${outcome}: ${message}`];
  const head = `${release}  ${plan.chart}  in namespace ${JSON.stringify(plan.namespace)}`;
  if (plan.skipped !== undefined) return [head, `  skipped  ${plan.skipped}`];
  const lines = [head, ...planLines(plan, performed)];
  if (performed) {
    const already = plan.migrated ? ["  done     it was migrated before; nothing was written"] : [];
    const done = [
      `  done     ${counted(written, "record")} written, ${counted(adopted, "object")} adopted`,
      ...archive === undefined ? [] : [`  archive  ${archive}`],
      "  verified",
    ];
    lines.push(...plan.migrated ? already : done, ...notes.map((note) => `  note     ${note}`));
  } else if (plan.migrated) lines.push("  done     it was migrated before");
  return lines;
}

function planLines(plan: ReleaseMigration, performed: boolean): string[] {
  const written = plan.revisions.filter(({ leftOut }) => leftOut === undefined);
  const there = written.filter(({ state }) => state === "equal").length;
  const toAdopt = plan.adoption.filter(({ add }) => add.length > 0).length;
  const [newest] = written;
  const largest = Math.max(0, ...written.map(({ sizeBytes }) => sizeBytes));
  const lines = newest === undefined ? [] : [
    `  records  ${counted(written.length, "revision")}, newest ${newest.target} ${newest.status}, largest ${
      sizeText(largest)
    }` +
    (there > 0 && !performed ? `, ${there} there already` : ""),
    ...plan.adoption.length === 0 ? [] : [
      `  adopt    ${toAdopt} of ${counted(plan.adoption.length, "live object")} ${
        toAdopt === 1 ? "lacks" : "lack"
      } Helm 3's marks`,
    ],
  ];
  const more = [
    ...plan.adoption.filter(({ note }) => note !== "").map(({ object, note }) =>
      `  note     ${object.kind} ${JSON.stringify(object.name)}: ${note}`
    ),
    ...plan.notes.map((note) => `  note     ${note}`),
    ...distinct(plan.revisions.flatMap(({ key, mapped }) => mapped.map((text) => [key, text] as const)), "  map      "),
    ...distinct(plan.revisions.flatMap(({ key, notes }) => notes.map((text) => [key, text] as const)), "  lost     "),
    ...plan.revisions.flatMap(({ key, slimmed, leftOut }) => [
      ...slimmed.length === 0 ? [] : [`  slim     ${key}: without the chart's ${slimmed.join(" and ")}`],
      ...leftOut === undefined ? [] : [`  left out ${key}: ${leftOut}`],
    ]),
    ...plan.blockers.map(({ text, hint }) => `  blocked  ${text}${hint === "" ? "" : `. ${hint}`}`),
  ];
  const predicted = plan.prediction === undefined || performed ? [] : predictionLines(plan.prediction);
  return [...lines, ...shortened(more.filter((line) => !performed || !line.startsWith("  lost"))), ...predicted];
}

/** Returns one line for each sentence, with the revisions that it is about. */
function distinct(sentences: readonly (readonly [key: string, text: string])[], start: string): string[] {
  const by = Map.groupBy(sentences, ([, text]) => text);
  return [...by].map(([text, list]) => {
    const keys = list.map(([key]) => key);
    const [first = "", last = first] = [keys.at(-1), keys[0]];
    return `${start}${first === last ? first : `${first} to ${last}`}: ${text}`;
  });
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN_MAX) return [...lines];
  return [...lines.slice(0, SHOWN_MAX), `  …        and ${lines.length - SHOWN_MAX} more; --output json has all`];
}

function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024)} kB`;
}
