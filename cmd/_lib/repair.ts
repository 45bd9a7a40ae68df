/**
 * Shared parts of the `repair` commands: flags, and the report of a repair.
 *
 * @module
 */
import { parseDuration, SECOND } from "../../engine/lang/golang/mod.ts";
import type {
  OptionsOfRepair,
  RepairChange,
  RepairName,
  RepairReport,
  RepairResult,
} from "../../engine/release/mod.ts";
import { SkegError } from "../../errors.ts";
import { backupFolder } from "../../app/backup_folder.ts";
import { type Context, defineFlags, type Flags } from "./command.ts";
import { withEnvironment } from "./environment.ts";
import { OUTPUT_FLAG, outputFormat, requireRelease } from "./flags.ts";
import { programName } from "./program_name.ts";
import { lineDiff } from "./line_diff.ts";
import { jsonText, yamlText } from "./text.ts";
import { quote } from "../../engine/base/mod.ts";

/** Flags of repairs and of their undo. */
export const WRITE_FLAGS = defineFlags({
  ...OUTPUT_FLAG,
  "older-than": {
    type: "string",
    usage: "A pending operation whose record is older than this counts as ended, such as 10m or 1h",
    default: "10m",
  },
  "yes": { type: "bool", short: "y", usage: "Write the records. Without it, only show what would be written" },
});

/** Flags of every repair. */
export const REPAIR_FLAGS = defineFlags({
  ...WRITE_FLAGS,
  "all": { type: "bool", usage: "Repair all releases of the storage namespace, each with its own backup" },
  "backup": {
    type: "string",
    complete: "folder",
    usage: 'Folder for the backup (default "$HELM_HOME/backups/CLUSTER", where CLUSTER is the UID of the cluster)',
  },
  "show": { type: "bool", usage: "Show every change as lines that are removed and added" },
});

type RepairContext = Context<typeof REPAIR_FLAGS & Flags>;

/** Returns the seconds of `--older-than`. */
export function olderThan(text: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= 0n) return Number(duration / SECOND);
  throw new SkegError(
    "usage",
    `invalid argument ${quote(text)} for "--older-than": use a duration such as 10m or 1h30m`,
  );
}

/** Runs a repair and prints its changes, done or planned. Returns the exit status. */
export async function runRepairCommand<N extends RepairName>(
  context: RepairContext,
  name: N,
  options: OptionsOfRepair<N> & object,
): Promise<number> {
  const { flags, globals, args, print, variables } = context;
  const output = outputFormat(flags.output);
  const { all, yes } = flags;
  if (all && args.length > 0) throw new SkegError("usage", "--all and the name of a release exclude each other");
  const release = all ? undefined : requireRelease(args);
  if (args.length > 1) throw new SkegError("usage", "This command needs 1 argument: release name");
  const olderThanSeconds = olderThan(flags["older-than"]);
  const backups = backupFolder({ folder: flags.backup || undefined, home: globals.home, variables });
  const result = await withEnvironment(
    context,
    ({ environment, operations }) =>
      operations.repair(environment, name, { ...options, release, all, yes, backups, olderThanSeconds }),
    { tellOfTiller: false, changes: yes },
  );
  if (output === "table") print.out(resultText(result, flags.show));
  else print.out(output === "json" ? `${jsonText(resultData(result))}\n` : yamlText(resultData(result)));
  for (const { release, message, hint } of result.failures) {
    print.err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
  }
  sayHowToGoOn(context, result);
  return result.failures.length > 0 || (yes && result.incomplete) ? 1 : 0;
}

function sayHowToGoOn({ flags, print, variables }: RepairContext, { reports }: RepairResult): void {
  if (reports.some(({ performed }) => performed)) {
    print.err("A backup holds the values of its release, and so may hold secrets: keep it private.\n");
    print.err(`To undo a repair: ${programName(variables)} repair undo BACKUP\n`);
  }
  for (const { release, blocked } of reports) {
    if (blocked !== undefined) print.err(`Note: ${release} would not be written now. ${blocked}\n`);
  }
  if (!flags.yes && reports.some(({ records }) => records.length > 0)) {
    print.err("This was a preview: nothing was written. Run the same command with --yes to perform it.\n");
  }
}

/** Returns the report as text. */
function resultText({ reports }: RepairResult, show: boolean): string {
  return reports.map((report) => reportText(report, show)).join("");
}

function reportText(report: RepairReport, show: boolean): string {
  const lines = report.changes.flatMap((change) => [changeLine(change), ...show ? diffOf(change) : []]);
  for (const { record, subject, text, hint } of report.notes) {
    const what = [record, subject, text].filter((part) => part !== "").join("  ");
    lines.push(hint === "" ? what : `${what}  (${hint})`);
  }
  return `${[...lines, summaryOf(report)].join("\n")}\n`;
}

/** The most details on a change's line. */
const DETAILS_MAX = 3;

function changeLine({ record, subject, before, after, details }: RepairChange): string {
  const shown = details.slice(0, DETAILS_MAX);
  if (details.length > shown.length) shown.push(`${details.length - shown.length} more changes`);
  const how = shown.length === 0 ? "" : `  (${shown.join("; ")})`;
  return `${record}  ${subject}  ${before} -> ${after}${how}`;
}

function diffOf({ texts }: RepairChange): string[] {
  return texts === undefined ? [] : lineDiff(texts.before, texts.after).map((line) => `    ${line}`);
}

function summaryOf({ release, performed, changes, records, recordCount, backup }: RepairReport): string {
  if (records.length === 0) return `${release}: nothing to write in ${counted(recordCount, "record")}`;
  const what = `${counted(changes.length, "object")} in ${records.length} of ${counted(recordCount, "record")}`;
  if (!performed) return `${release}: would change ${what}`;
  return `${release}: changed ${what}\n${release}: the backup is ${backup}`;
}

/** Returns a number with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns the report as data. */
function resultData({ repair, reports, failures, incomplete }: RepairResult): unknown {
  return {
    repair,
    incomplete,
    releases: reports.map(({ release, performed, changes, notes, records, recordCount, blocked, backup }) => ({
      release,
      performed,
      records,
      recordCount,
      ...blocked === undefined ? {} : { blocked },
      ...backup === undefined ? {} : { backup },
      changes: changes.map(({ texts, ...change }) => ({
        ...change,
        diff: texts === undefined ? [] : lineDiff(texts.before, texts.after),
      })),
      notes,
    })),
    failures,
  };
}
