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
- whose newest revision there is deployed;
- whose archive is there, whole, and holds the records as they are now.

Why: Helm 2 goes on listing such a release as DEPLOYED, even after Helm 3 has uninstalled
it, and would delete or change objects that Helm 3 has made since.

Records of other releases stay. 'migrate helm3 back' takes the records from the archive.`,
  example: `  helm migrate helm3 finish web
  helm migrate helm3 finish --all --yes`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    const format = documentFormat(flags.output);
    const { all, yes } = flags;
    requireNamesOrAll(args, all, "finish");
    const archives = archivesIn("", context);
    const { releases, left } = await withEnvironment(
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
    if (format === undefined) print.out(`${releases.map(lineOf).join("\n") || "No release was migrated"}\n`);
    else printDocument("FinishedMigration", { performed: yes, left, releases }, format, print);
    const isAny = releases.some(({ outcome }) => outcome === "planned");
    if (!yes && isAny) {
      print.err("This was a preview: nothing was removed. Run the same command with --yes to perform it.\n");
    } else if (yes && left === 0) {
      context.advise(
        "No record of Helm 2 is left in this storage. 'skeg reset' removes Tiller from its namespace; then look for its " +
          "service account and bindings with 'kubectl get clusterrolebindings -o wide'.",
      );
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
