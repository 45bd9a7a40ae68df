/**
 * `repair undo`: restores the records that a repair wrote.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import { SkegError } from "../../errors.ts";
import type { ArchivedStorage, UndoRecord, UndoReport } from "../../engine/release/mod.ts";
import { readArchiveFile } from "../../app/backup_folder.ts";
import { defineCommand, defineFlags, type Globals } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { outputFormat, requireArgs } from "../_lib/flags.ts";
import { olderThan, WRITE_FLAGS } from "../_lib/repair.ts";
import type { Printer } from "../_lib/print.ts";
import { jsonText, yamlText } from "../_lib/text.ts";

/** `repair undo`. */
export const command = defineCommand({
  usage: "[flags] ARCHIVE",
  completes: { sources: ["file"] },
  long: `
Restores the release records that a repair wrote, from the backup that it made.

Data and labels become what they were, byte for byte. Records that the repair deleted
are created again. That is done only if every one of these records is still as the
repair left it, or as it was before the repair. If another program wrote one of them
since, the differences are shown and nothing is restored. Other records of the release
are not touched.

Objects that the repair deleted are created again with '--objects', each only if no
object of its name exists. What no archive holds does not come back: data of volumes,
addresses, UIDs, runs of Jobs. A note says so.

The rollback of 'helm repair reapply' is not undone: roll back again instead. A record
that is created again has another UID and another time of creation.

The archive says which storage it belongs to; '--storage' and '--tiller-namespace'
are not needed. It must belong to the cluster of the kubeconfig.

Nothing is written without '--yes'.`,
  example: `  helm repair undo backups/web-20260131T120000Z.tar.gz
  helm repair undo backups/web-20260131T120000Z.tar.gz --yes
  helm repair undo backups/web-20260131T120000Z.tar.gz --objects --yes`,
  flags: defineFlags({
    ...WRITE_FLAGS,
    "objects": { type: "bool", usage: "Also create the objects again that the repair deleted" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const output = outputFormat(flags.output);
    requireArgs(args, "archive");
    const olderThanSeconds = olderThan(flags["older-than"]);
    const { openArchive } = await import("../../engine/release/mod.ts");
    const archive = await openArchive(readArchiveFile(args[0] ?? ""));
    const globals = placed(context.globals, archive.storage);
    const report = await withEnvironment(
      { ...context, globals },
      ({ environment, operations }) =>
        operations.undoRepair(environment, {
          archive,
          yes: flags.yes,
          objects: flags.objects,
          olderThanSeconds,
          tillerIdle: flags["tiller-idle"],
        }),
      { tellOfTiller: false, changes: flags.yes },
    );
    if (output === "table") print.out(reportText(report));
    else print.out(output === "json" ? `${jsonText(dataOf(report))}\n` : yamlText(dataOf(report)));
    if (report.refused) throw refusal(report);
    sayOfObjects(report, flags.objects, print);
    if (!flags.yes && (report.records.some(({ state }) => state === "repaired") || report.objects.some(isMissing))) {
      print.err("This was a preview: nothing was written. Run the same command with --yes to perform it.\n");
    }
  },
});

/** Returns the flags that choose the storage of an archive. Rows of a database have no namespace; flags name the database. */
function placed(globals: Globals, { kind, namespace }: ArchivedStorage): Globals {
  if (kind === "SQL") return { ...globals, storage: "sql" };
  return { ...globals, storage: kind.toLowerCase(), "tiller-namespace": namespace };
}

/** Reports about records alone keep their shape. */
function dataOf({ objects, objectCount, ...report }: UndoReport): unknown {
  return objectCount === 0 ? report : { ...report, objects, objectCount };
}

function isMissing({ state }: UndoReport["objects"][number]): boolean {
  return state === "create";
}

/** Says which objects were not asked for, and which parts do not come back. */
function sayOfObjects({ objects, objectCount }: UndoReport, isAsked: boolean, print: Pick<Printer, "err">): void {
  if (objectCount > 0 && !isAsked) {
    print.err(`Note: the repair deleted ${counted(objectCount, "object")}: --objects creates them again.\n`);
  }
  for (const { subject, lost } of objects.filter(isMissing)) {
    for (const what of lost) print.err(`Note: ${subject}: ${what} cannot be brought back\n`);
  }
}

function reportText({ records, objects, performed, release, refused }: UndoReport): string {
  const lines = records.map((record) => recordLine(record, performed));
  for (const object of objects) {
    const state = performed ? "created again" : "would be created again";
    lines.push(`${object.subject}  ${isMissing(object) ? state : "is there already"}`);
  }
  if (records.length === 0 && objects.length > 0) {
    const made = objects.filter(isMissing).length;
    const verb = performed ? "created" : "would create";
    return `${[...lines, `${release}: ${verb} ${made} of ${counted(objects.length, "object")}`].join("\n")}\n`;
  }
  const count = records.filter(({ state }) => state === "repaired").length;
  const what = `${count} of ${counted(records.length, "record")}`;
  if (!refused) {
    lines.push(`${release}: ${performed ? "restored" : count === 0 ? "nothing to restore:" : "would restore"} ${what}`);
  }
  return `${lines.join("\n")}\n`;
}

function recordLine({ key, state, differences }: UndoRecord, performed: boolean): string {
  switch (state) {
    case "repaired":
      return `${key}  ${performed ? "restored" : "as the repair left it"}`;
    case "original":
      return `${key}  already as it was before the repair`;
    case "missing":
    case "modified":
      return [`${key}  changed since the repair`, ...differences.map((line) => `    ${line}`)].join("\n");
  }
}

function refusal({ release, records }: UndoReport): SkegError {
  const changed = records.filter(({ state }) => state === "modified" || state === "missing").length;
  return new SkegError(
    "conflict",
    `${counted(changed, "record")} of ${release} ${changed === 1 ? "is" : "are"} not as the repair left ` +
      `${changed === 1 ? "it" : "them"}: nothing was restored`,
    { hint: "The archive is a gzipped tar; its records/ hold the objects as they were before the repair." },
  );
}
