/**
 * `export`: saves releases to an archive.
 *
 * @module
 */
import { writeArchiveFile } from "../../app/backup_folder.ts";
import type { ExportResult } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { counted } from "../_lib/repair.ts";

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

'helm import' creates the releases of an archive.`,
  example: `  helm export
  helm export web db --file apps.tar.gz --objects --charts
  helm export web --redact --file for-support.tar.gz
  helm export --storage secret --tiller-namespace tiller`,
  flags: defineFlags({
    ...DOCUMENT_FLAG,
    "charts": { type: "bool", usage: "Also save the chart and the values of each DEPLOYED revision" },
    "file": {
      type: "string",
      short: "f",
      complete: "file",
      usage: 'New file for the archive (default "releases-TIME.tar.gz" in this folder)',
    },
    "objects": { type: "bool", usage: "Also save the live objects that each DEPLOYED revision names" },
    "redact": { type: "bool", usage: "Leave out values and secrets; such an archive cannot be imported" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const output = documentFormat(flags.output);
    const result = await withEnvironment(
      context,
      ({ environment, operations }) =>
        operations.exportReleases(environment, {
          releases: args,
          objects: flags.objects,
          charts: flags.charts,
          redact: flags.redact,
        }),
      { tellOfTiller: false },
    );
    const path = flags.file || `releases-${result.time.replaceAll(/[-:]/g, "")}.tar.gz`;
    writeArchiveFile(path, result.archive);
    if (output === undefined) print.out(resultText(result, path));
    else printDocument("Export", dataOf(result, path), output, print);
    for (const note of result.notes) print.err(`Note: ${note}\n`);
    print.err(
      result.redacted
        ? "Values and secrets were left out. Look through the archive before you show it to others.\n"
        : "The archive contains secrets: the values of the releases. Only you can read it; keep it private.\n",
    );
  },
});

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
