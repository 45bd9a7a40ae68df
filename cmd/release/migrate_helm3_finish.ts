/**
 * `migrate helm3 finish`: removes the records of Helm 2 of releases that have been migrated.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { FinishedRelease } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { typeableHint } from "../_lib/helm3_typeable.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { tillerRestLines, typeableRest } from "../_lib/tiller_rest_text.ts";
import { archivesIn, HELM3_SQL_FLAG, requireNamesOrAll, tellFailures, withSqlStore } from "./migrate_helm3.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...HELM3_SQL_FLAG,
  "all": { type: "bool", usage: "All releases that were migrated" },
  "yes": { type: "bool", short: "y", usage: "Remove the records. Without it, only show what would be removed" },
});

/** `migrate helm3 finish`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Removes the records of Helm 2 of releases that were migrated, after a time of living with
Helm 3. Nothing is removed without '--yes', and only of a release

- that is in order at Helm 3, as 'migrate helm3 verify' says;
- whose newest revision there is deployed, or that Helm 3 has uninstalled;
- whose archive is there, whole, and holds the records as they are now.

Why: Helm 2 goes on listing such a release as DEPLOYED, even after Helm 3 has uninstalled
it, and would delete or change objects that Helm 3 has made since.

Records of other releases stay. 'migrate helm3 back' takes the records from the archive.

When no record of Helm 2 is left in the storage, the objects of its Tiller are named: the
Deployment, the service account, and every binding that names the account, with the
commands that remove them. None of them is removed by this command.`,
  example: `  helm migrate helm3 finish web
  helm migrate helm3 finish --all --yes`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    const format = documentFormat(flags.output);
    const { all, yes } = flags;
    requireNamesOrAll(args, all, "finish");
    const archives = archivesIn("", context);
    const { releases, left, tiller } = await withEnvironment(
      context,
      (workplace) =>
        withSqlStore(
          context,
          workplace,
          (store) =>
            workplace.operations.finishMigration(workplace.environment, { releases: args, all, yes, archives, store }),
        ),
      { tellOfTiller: false, changes: yes },
    );
    const rest = tiller === undefined ? undefined : typeableRest(tiller, context.typeable);
    if (format === undefined) {
      const lines = releases.length === 0 ? ["No release was migrated"] : releases.map(lineOf);
      print.out(`${[...lines, ...rest === undefined ? [] : tillerRestLines(rest, yes)].join("\n")}\n`);
    } else printDocument("FinishedMigration", { performed: yes, left, releases, tiller: rest ?? null }, format, print);
    if (!yes && releases.some(({ outcome }) => outcome === "planned")) {
      print.err("This was a preview: nothing was removed. Run the same command with --yes to perform it.\n");
    }
    return tellFailures(releases.map((one) => typeableHint(one, context.typeable)), print);
  },
});

function lineOf({ release, outcome, removed, archive }: FinishedRelease): string {
  if (outcome === "failed") return `${release}  failed`;
  const records = counted(removed.length, "record");
  const what = outcome === "done" ? `${records} of Helm 2 removed` : `${records} of Helm 2 can be removed`;
  return `${release}  ${what}  archive ${archive}`;
}
