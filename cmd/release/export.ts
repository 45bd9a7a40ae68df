/**
 * `export`: saves releases to an archive.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import { SkegError } from "../../errors.ts";
import { writeArchiveFile } from "../../app/backup_folder.ts";
import type { FleetError } from "../../app/fleet.ts";
import type { ExportResult } from "../../engine/release/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment, type Workplace } from "../_lib/environment.ts";
import { FLEET_FLAGS, INCOMPLETE, isFleet, overFleet } from "../_lib/fleet.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...FLEET_FLAGS,
  "charts": { type: "bool", usage: "Also save the chart and the values of each DEPLOYED revision" },
  "file": {
    type: "string",
    short: "f",
    complete: "file",
    usage: 'New file for the archive (default "releases-TIME.tar.gz" in this folder)',
  },
  "objects": { type: "bool", usage: "Also save the live objects that each DEPLOYED revision names" },
  "redact": { type: "bool", usage: "Leave out values and secrets; such an archive cannot be imported" },
});

/** `export`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Saves the records of releases to an archive, as a backup or to take them to another
cluster or storage. Without names, all releases of the storage are saved. Nothing in the
cluster changes.

The archive is a gzipped tar. Its index.json says from where and when it is, and has the
SHA-256 of every other file. Each record is a file with the whole object, byte for byte;
only what belongs to one server is left out, such as UIDs.

	$ helm export web --file web.tar.gz
	web  3 records  DEPLOYED
	Saved 3 records of 1 release to web.tar.gz

With '--objects', the live objects that the DEPLOYED revision names are saved, too. With
'--charts', the chart of that revision is saved as an archive that 'helm install' takes,
and the user's values beside it.

Records hold the values of releases, and so passwords and keys. The file can be read by you
alone; keep it private. '--redact' leaves out values, the data of Secrets, and what looks
like a password elsewhere. Such an archive can be shown to others, but not imported.

'helm import' creates the releases of an archive.

'--contexts' and '--all-contexts' make one archive for each context, named after it; in
'--file', CONTEXT is the place of its name.`,
  example: `  helm export
  helm export web db --file apps.tar.gz --objects --charts
  helm export web --redact --file for-support.tar.gz
  helm export --storage secret --tiller-namespace tiller
  helm export --all-contexts --file backups/CONTEXT.tar.gz`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, print } = context;
    const output = documentFormat(flags.output);
    if (isFleet(flags)) return await exportFleet(context);
    const result = await withEnvironment(context, (workplace) => packed(context, workplace), { tellOfTiller: false });
    const path = flags.file || defaultFile("releases", result.time);
    writeArchiveFile(path, result.archive);
    if (output === undefined) print.out(resultText(result, path));
    else printDocument("Export", dataOf(result, path), output, print);
    for (const note of result.notes) print.err(`Note: ${note}\n`);
    tellOfSecrets(result.redacted, context);
  },
});

/** Saves the releases of each context to an archive; returns the exit status. */
async function exportFleet(context: Context<typeof FLAGS>): Promise<number> {
  const { flags, print } = context;
  const output = documentFormat(flags.output);
  if (flags.file !== "" && !flags.file.includes(PLACE)) {
    throw new SkegError("usage", `--file must contain ${PLACE}: each context has an archive`, {
      hint: `Such as --file ${PLACE}.tar.gz.`,
    });
  }
  const { results, errors } = await overFleet(context, async (workplace, { name, print }) => {
    const result = await packed(context, workplace);
    const safe = name.replaceAll(/[^\w.-]/g, "_");
    const path = flags.file === "" ? defaultFile(safe, result.time) : flags.file.replaceAll(PLACE, safe);
    writeArchiveFile(path, result.archive);
    for (const note of result.notes) print.err(`Note: ${note}\n`);
    return { result, path };
  });
  for (const { context: name, value: { result, path } } of output === undefined ? results : []) {
    print.out(`Context ${name}\n${resultText(result, path)}`);
  }
  if (output !== undefined) printDocument("Exports", exportsOf(results, errors), output, print);
  if (results.length > 0) tellOfSecrets(flags.redact, context);
  return errors.length > 0 ? INCOMPLETE : 0;
}

/** Part of `--file` that stands for the context. */
const PLACE = "CONTEXT";

async function packed(
  { flags, args }: Context<typeof FLAGS>,
  { environment, operations }: Workplace,
): Promise<ExportResult> {
  const { objects, charts, redact } = flags;
  return await operations.exportReleases(environment, { releases: args, objects, charts, redact });
}

function defaultFile(name: string, time: string): string {
  return `${name}-${time.replaceAll(/[-:]/g, "")}.tar.gz`;
}

function tellOfSecrets(isRedacted: boolean, { print }: Pick<Context, "print">): void {
  print.err(
    isRedacted
      ? "Values and secrets were left out. Look through the archive before you show it to others.\n"
      : "The archive contains secrets: the values of the releases. Only you can read it; keep it private.\n",
  );
}

function exportsOf(
  results: readonly {
    readonly context: string;
    readonly value: { readonly result: ExportResult; readonly path: string };
  }[],
  errors: readonly FleetError[],
): Readonly<Record<string, unknown>> {
  const contexts = results.map(({ context, value: { result, path } }) => ({ context, ...dataOf(result, path) }));
  return { contexts, errors };
}

function resultText({ releases }: ExportResult, path: string): string {
  const records = releases.reduce((sum, { revisions }) => sum + revisions, 0);
  const lines = releases.map(({ name, revisions, status, objects }) =>
    [name, counted(revisions, "record"), ...objects > 0 ? [counted(objects, "object")] : [], status].join("  ")
  );
  lines.push(`Saved ${counted(records, "record")} of ${counted(releases.length, "release")} to ${path}`);
  return `${lines.join("\n")}\n`;
}

function dataOf({ time, redacted, releases, notes }: ExportResult, file: string): Readonly<Record<string, unknown>> {
  return { file, time, redacted, releases, notes };
}
