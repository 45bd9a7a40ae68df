/**
 * Shared parts of the `repair` commands: flags, and the report of a repair.
 *
 * @module
 */
import { parseDuration, SECOND } from "../../engine/lang/golang/mod.ts";
import type {
  Environment,
  OptionsOfRepair,
  RepairChange,
  RepairName,
  RepairOptions,
  RepairReport,
  RepairResult,
} from "../../engine/release/mod.ts";
import { SkegError } from "../../errors.ts";
import { backupFolder } from "../../app/backup_folder.ts";
import { shellWord } from "./advice.ts";
import { type Context, defineFlags, type Flags } from "./command.ts";
import { type Operations, withEnvironment } from "./environment.ts";
import { IGNORE_HELM3_FLAG, OUTPUT_FLAG, outputFormat, requireRelease } from "./flags.ts";
import { lineDiff } from "../../app/line_diff.ts";
import { jsonText, yamlText } from "./text.ts";
import { counted, quote } from "../../engine/base/mod.ts";

/** Flags of repairs and of their undo. */
export const WRITE_FLAGS = defineFlags({
  ...OUTPUT_FLAG,
  ...IGNORE_HELM3_FLAG,
  "older-than": {
    type: "string",
    usage: "A pending operation whose record is older than this counts as ended, such as 10m or 1h",
    default: "10m",
  },
  "tiller-idle": {
    type: "bool",
    usage: "No running Tiller is working on the release, even if one started before its pending record was written",
  },
  "yes": { type: "bool", short: "y", usage: "Write the records. Without it, only show what would be written" },
});

/** Flags of every repair. */
export const REPAIR_FLAGS = defineFlags({
  ...WRITE_FLAGS,
  "backup": {
    type: "string",
    complete: "folder",
    usage: 'Folder for the backup (default "$HELM_HOME/backups/CLUSTER", where CLUSTER is the UID of the cluster)',
  },
  "show": { type: "bool", usage: "Show every change as lines that are removed and added" },
});

/** The end of the help of repairs that delete objects. */
export const DELETION_HELP = `The preview shows each object with its age. An object is deleted only if the release
created it, no DEPLOYED revision of another release names it, and it was not modified
since it was read. What a resource policy keeps, stays. Namespaces,
CustomResourceDefinitions, volumes and claims stay, too, unless each is named with
'--also KIND/NAME'.

Nothing is written without '--yes'. With it, the records and the objects are archived
first. 'helm repair undo ARCHIVE --objects' creates the objects again, as far as that is
possible.`;

/** Flags of repairs that can be run on all releases at once. */
export const ALL_FLAGS = defineFlags({
  "all": { type: "bool", usage: "Preview the repair of all releases of the storage namespace; see --plan" },
  "apply": {
    type: "string",
    complete: "file",
    usage: "Perform the plan in this file; each release gets its own backup",
  },
  "plan": { type: "string", complete: "file", usage: "With --all: save the preview as a plan in this file" },
});

/** The flag by which a person decides against the evidence. */
export const TRUST_FLAG = defineFlags({
  "trust-me": {
    type: "int32",
    complete: "revision",
    usage: "Mark this revision DEPLOYED, whatever the live objects say",
  },
});

/** Returns the revision of `--trust-me`; `undefined` when it is not given. */
export function trustMe({ flags, given }: Context<typeof TRUST_FLAG & Flags>): number | undefined {
  return given.has("trust-me") ? positive("trust-me", flags["trust-me"]) : undefined;
}

/** The flag that names objects which a repair would not delete by itself. */
export const ALSO_FLAG = defineFlags({
  "also": {
    type: "stringArray",
    usage:
      "Also delete this namespace, CustomResourceDefinition, volume or claim, as KIND/NAME (can be used several times)",
  },
});

/** Returns the objects of `--also`. */
export function alsoNamed(flags: readonly string[]): readonly string[] {
  const wrong = flags.find((text) => !/^[^/]+\/[^/]+$/.test(text));
  if (wrong === undefined) return flags;
  throw new SkegError("usage", `invalid argument ${quote(wrong)} for "--also": use KIND/NAME`);
}

/** The flag that selects one revision. */
export const REVISION_FLAG = defineFlags({
  "revision": { type: "int32", complete: "revision", usage: "Only this revision (default all of them)" },
});

/** Returns a revision; throws if it cannot be one. */
export function positive(flag: string, revision: number): number {
  if (revision >= 1) return revision;
  throw new SkegError("usage", `invalid revision ${revision} for "--${flag}": revisions begin at 1`);
}

type RepairContext = Context<typeof REPAIR_FLAGS & Flags>;

/** The flags of repairs of all releases, as far as the command has them. */
interface AllFlagValues {
  readonly all?: boolean;
  readonly plan?: string;
  readonly apply?: string;
}

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
  const { yes, "tiller-idle": tillerIdle } = flags;
  const { all = false, plan = "", apply = "" } = flags as typeof flags & AllFlagValues;
  checkAllFlags(context, { all, plan, apply });
  const release = all || apply !== "" ? undefined : requireRelease(args);
  if (args.length > 1) throw new SkegError("usage", "This command needs 1 argument: release name");
  const olderThanSeconds = olderThan(flags["older-than"]);
  const backups = backupFolder({ folder: flags.backup || undefined, home: globals.home, variables });
  const shared = { olderThanSeconds, tillerIdle };
  const isPerformed = yes || apply !== "";
  const result = await withEnvironment(
    context,
    async ({ environment, operations }) => {
      if (apply !== "") return await applyPlan(environment, operations, name, apply, { ...shared, backups });
      if (plan === "") {
        return await operations.repair(environment, name, { ...options, ...shared, release, all, yes, backups });
      }
      const { plan: saved, result } = await operations.planRepair(environment, name, { ...options, ...shared });
      await (await import("../../app/plan_file.ts")).writePlanFile(plan, saved);
      return result;
    },
    { tellOfTiller: false, changes: isPerformed },
  );
  if (output === "table") print.out(resultText(result, flags.show));
  else {
    const data = resultData(result, flags.show);
    print.out(output === "json" ? `${jsonText(data)}\n` : yamlText(data));
  }
  for (const { release, message, hint } of result.failures) {
    print.err(`Error: ${release}: ${message}\n${hint === "" ? "" : `${hint}\n`}`);
  }
  sayHowToGoOn(context, result, { name, plan, isPerformed });
  return result.failures.length > 0 || (isPerformed && result.incomplete) ? 1 : 0;
}

/** All releases at once are repaired by a plan that a person has read. */
function checkAllFlags({ flags, args }: RepairContext, { all, plan, apply }: Required<AllFlagValues>): void {
  if (all && args.length > 0) throw new SkegError("usage", "--all and the name of a release exclude each other");
  if (apply !== "" && (args.length > 0 || plan !== "")) {
    throw new SkegError(
      "usage",
      "--apply takes the releases from its plan: use it without a release and without --plan",
    );
  }
  if (plan !== "" && !all) throw new SkegError("usage", "--plan is for all releases: use it with --all");
  if (all && flags.yes) {
    throw new SkegError("usage", "--all is performed by a plan, not with --yes", {
      hint: "Save the preview with --all --plan FILE, read it, then perform it with --apply FILE.",
    });
  }
}

async function applyPlan(
  environment: Environment,
  operations: Operations,
  name: RepairName,
  path: string,
  options: RepairOptions,
): Promise<RepairResult> {
  const { readPlanFile } = await import("../../app/plan_file.ts");
  const plan = await operations.readRepairPlan(await readPlanFile(path), path);
  if (plan.repair !== name) throw new SkegError("usage", `${path} is a plan of ${plan.repair}, not of ${name}`);
  return await operations.applyRepairPlan(environment, plan, options);
}

function sayHowToGoOn(
  { print, flags, typeable }: RepairContext,
  { reports }: RepairResult,
  { name, plan, isPerformed }: { readonly name: string; readonly plan: string; readonly isPerformed: boolean },
): void {
  // With the flags that chose the cluster and its records: each line is typed as it is.
  const typed = (command: string): string => typeable(`'skeg repair ${command}'`).slice(1, -1);
  if (reports.some(({ performed }) => performed)) {
    print.err("A backup holds the values of its release, and so may hold secrets: keep it private.\n");
    const [backup = "BACKUP", ...others] = reports.flatMap(({ backup }) => backup === undefined ? [] : [backup]);
    print.err(
      others.length === 0
        ? `To undo it: ${typed(`undo ${shellWord(backup)}`)}\n`
        : `To undo one of them: ${typed("undo BACKUP")}\n`,
    );
  }
  for (const { release, blocked } of reports) {
    if (blocked !== undefined) print.err(`Note: ${release} would not be written now. ${blocked}\n`);
  }
  if (plan !== "") print.err(`To perform the plan: ${typed(`${name} --apply ${shellWord(plan)}`)}\n`);
  else if (!isPerformed && reports.some(isPlanned)) {
    const { all = false } = flags as typeof flags & AllFlagValues;
    const next = all
      ? "Save it with --plan FILE, then perform it with --apply FILE."
      : "Run the same command with --yes to perform it.";
    print.err(`This was a preview: nothing was written. ${next}\n`);
  }
}

function isPlanned({ records, objects, operation }: RepairReport): boolean {
  return records.length > 0 || objects.length > 0 || operation !== undefined;
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

function summaryOf(report: RepairReport): string {
  const { release, performed, changes, records, deleted, objects: gone, recordCount, backup, operation } = report;
  if (records.length === 0 && operation === undefined && gone.length === 0) {
    return `${release}: nothing to write in ${counted(recordCount, "record")}`;
  }
  const all = counted(recordCount, "record");
  const changed = records.length - deleted.length;
  const parts: string[] = [];
  if (gone.length > 0) parts.push(`${performed ? "deleted" : "delete"} ${counted(gone.length, "object")}`);
  // This repair is about the objects in manifests.
  const objects = report.repair === "map-apis" ? `${counted(changes.length, "object")} in ` : "";
  if (changed > 0) parts.push(`${performed ? "changed" : "change"} ${objects}${changed} of ${all}`);
  if (deleted.length > 0) parts.push(`${performed ? "deleted" : "delete"} ${deleted.length} of ${all}`);
  if (operation !== undefined) parts.push(`${performed ? "done:" : "do a"} ${operation}`);
  if (!performed) return `${release}: would ${parts.join(", ")}`;
  return `${release}: ${parts.join(", ")}\n${release}: the backup is ${backup}`;
}

/** Returns the report as data; with `show`, changes have the lines that are removed and added. */
function resultData({ repair, reports, failures, incomplete }: RepairResult, show: boolean): unknown {
  return {
    repair,
    incomplete,
    releases: reports.map(({ changes, notes, blocked, backup, operation, ...report }) => ({
      release: report.release,
      performed: report.performed,
      records: report.records,
      recordCount: report.recordCount,
      ...report.deleted.length === 0 ? {} : { deleted: report.deleted },
      ...report.objects.length === 0 ? {} : { objects: report.objects },
      ...operation === undefined ? {} : { operation },
      ...blocked === undefined ? {} : { blocked },
      ...backup === undefined ? {} : { backup },
      changes: changes.map(({ texts, ...change }) => ({
        ...change,
        ...show ? { diff: texts === undefined ? [] : lineDiff(texts.before, texts.after) } : {},
      })),
      notes,
    })),
    failures,
  };
}
