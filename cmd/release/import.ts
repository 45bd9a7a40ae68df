/**
 * `import`: creates the releases of an archive.
 *
 * @module
 */
import { readArchiveFile } from "../../app/backup_folder.ts";
import type { ImportResult } from "../../engine/release/mod.ts";
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { IGNORE_HELM3_FLAG } from "../_lib/flags.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { counted, quote } from "../../engine/base/mod.ts";

/** `import`. */
export const command = defineCommand({
  usage: "[flags] ARCHIVE [RELEASE_NAME...]",
  completes: { sources: ["file"] },
  long: `
Creates the releases of an archive that 'helm export' made, or that a repair made as its
backup, in the storage that '--storage' and '--tiller-namespace' name. Without names, all
releases of the archive are created.

Records are only created, never changed. One that is there already with the same content
is passed over. If one is there with other content, or the release has other revisions,
the command stops before it writes anything.

Records are created oldest first, and the DEPLOYED one last, so that a release does not
look deployed before its history is whole. The times of records stay. An import that was
interrupted goes on when it is run again.

	$ helm import web.tar.gz --storage secret
	web.v1  SUPERSEDED  created
	web.v2  DEPLOYED    created
	Created 2 of 2 records

'--rename OLD=NEW' gives a release another name, in its records; its objects keep theirs.

With '--objects', live objects in the archive are created, too, if no object of the name
exists, in the order of an install. Hooks do not run. What the server chooses anew, such
as addresses, or what no archive holds, such as the data of volumes, does not come back; a
note says so.`,
  example: `  helm import web.tar.gz --dry-run
  helm import web.tar.gz
  helm import fleet.tar.gz web db --storage secret --tiller-namespace tiller
  helm import web.tar.gz --objects --rename web=web-copy`,
  flags: defineFlags({
    ...DOCUMENT_FLAG,
    ...IGNORE_HELM3_FLAG,
    "dry-run": { type: "bool", usage: "Only show what would be created" },
    "objects": { type: "bool", usage: "Also create the live objects of the archive that do not exist" },
    "rename": { type: "stringArray", usage: "Give a release another name, as OLD=NEW (can be used several times)" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const output = documentFormat(flags.output);
    const [path, ...releases] = args;
    if (path === undefined) {
      throw new UsageError("This command needs an argument: archive", {
        type: "arguments",
        wanted: ["archive"],
        given: args,
      });
    }
    const rename = renamesOf(flags.rename);
    const archive = readArchiveFile(path);
    const dryRun = flags["dry-run"];
    const result = await withEnvironment(
      context,
      ({ environment, operations }) =>
        operations.importReleases(environment, { archive, releases, rename, objects: flags.objects, dryRun }),
      { changes: !dryRun },
    );
    if (output === undefined) print.out(resultText(result, dryRun));
    else printDocument("Import", { ...result }, output, print);
    for (const note of result.notes) print.err(`Note: ${note}\n`);
    if (dryRun) print.err("This was a dry run: nothing was written.\n");
  },
});

/** Returns the names of `--rename`. */
export function renamesOf(flags: readonly string[]): Readonly<Record<string, string>> {
  const entries = flags.map((text) => {
    const [from = "", to = "", ...more] = text.split("=");
    if (from !== "" && to !== "" && more.length === 0) return [from, to] as const;
    throw new SkegError("usage", `invalid argument ${quote(text)} for "--rename": use OLD=NEW`);
  });
  const names = entries.map(([, to]) => to);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SkegError("usage", `two releases cannot both be renamed to ${quote(twice)}`);
  return Object.fromEntries(entries);
}

function resultText({ records, objects }: ImportResult, dryRun: boolean): string {
  const word = { create: dryRun ? "would be created" : "created", present: "is there already" };
  const keyWidth = Math.max(0, ...records.map(({ key }) => key.length));
  const statusWidth = Math.max(0, ...records.map(({ status }) => status.length));
  const lines = records.map(({ key, status, state }) =>
    `${key.padEnd(keyWidth)}  ${status.padEnd(statusWidth)}  ${word[state]}`
  );
  lines.push(...objects.map(({ subject, state }) => `${subject}  ${word[state]}`));
  const count = (all: readonly { readonly state: string }[]): number =>
    all.filter(({ state }) => state === "create").length;
  const verb = dryRun ? "Would create" : "Created";
  const ofObjects = objects.length === 0 ? "" : `, and ${count(objects)} of ${counted(objects.length, "object")}`;
  lines.push(`${verb} ${count(records)} of ${counted(records.length, "record")}${ofObjects}`);
  return `${lines.join("\n")}\n`;
}
