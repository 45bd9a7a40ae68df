/**
 * `migrate helm3 back`: gives releases that were migrated back to Helm 2.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { ReturnedRelease } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { typeableHint } from "../_lib/helm3_typeable.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import {
  ARCHIVE_FLAG,
  archivesIn,
  HELM3_SQL_FLAG,
  requireNamesOrAll,
  tellFailures,
  withSqlStore,
} from "./migrate_helm3.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...ARCHIVE_FLAG,
  ...HELM3_SQL_FLAG,
  "all": { type: "bool", usage: "All releases that were migrated" },
  "all-revisions": {
    type: "bool",
    usage: "Also remove the records that Helm 3 has made or changed itself, and its marks on all live objects",
  },
  "yes": { type: "bool", short: "y", usage: "Go back. Without it, only show what would be done" },
});

/** `migrate helm3 back`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Gives releases that were migrated to Helm 3 back to Helm 2. Nothing is written without
'--yes'. With it, for one release after the other:

1. the records of both are saved to an archive;
2. records of Helm 2 that 'migrate helm3 finish' removed are taken from its archive;
3. revisions that Helm 3 has made since become records of Helm 2, with their values,
   manifest and hooks. Helm 3 stores no subcharts, so the chart in them lacks those: only
   'upgrade --reuse-values' needs them;
4. what the migration added to live objects is removed;
5. Helm 3's records are removed, the newest last. Without '--all-revisions', those that
   Helm 3 has made or changed itself stay, and Helm 3 goes on listing the release;
6. the journal is deleted: this program and Tiller may change the release again.

A way back that was stopped goes on when the same command is run again.`,
  example: `  helm migrate helm3 back web
  helm migrate helm3 back web --yes --all-revisions`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    const format = documentFormat(flags.output);
    const { all, yes } = flags;
    requireNamesOrAll(args, all, "back");
    const archives = archivesIn(flags.archive, context);
    const allRevisions = flags["all-revisions"];
    const releases = await withEnvironment(
      context,
      (workplace) =>
        withSqlStore(context, workplace, (store) =>
          workplace.operations.migrateBack(workplace.environment, {
            releases: args,
            all,
            yes,
            archives,
            allRevisions,
            store,
          })),
      { tellOfTiller: false, changes: yes },
    );
    if (format === undefined) print.out(`${releases.flatMap(linesOf).join("\n") || "No release was migrated"}\n`);
    else printDocument("Helm2Return", { performed: yes, releases }, format, print);
    const isAny = releases.some(({ outcome }) => outcome === "planned");
    if (!yes && isAny) {
      print.err("This was a preview: nothing was written. Run the same command with --yes to perform it.\n");
    }
    return tellFailures(releases.map((one) => typeableHint(one, context.typeable)), print);
  },
});

function linesOf(one: ReturnedRelease): string[] {
  const { release, namespace, outcome, restored, created, changed, marked, removed, kept, archive } = one;
  if (outcome === "failed") return [`${release}  failed`];
  return [
    `${release}  ${outcome === "done" ? "is Helm 2's again" : "can go back"}  in namespace ${
      JSON.stringify(namespace)
    }`,
    ...restored.length === 0 ? [] : [`  restore  ${shown(restored)}`],
    ...created.length === 0 ? [] : [`  create   ${shown(created)}`],
    ...changed.length === 0 ? [] : [`  change   ${shown(changed)}`],
    `  marks    ${counted(marked, "live object")}`,
    `  remove   ${counted(removed.length, "record")} of Helm 3`,
    ...kept.length === 0
      ? []
      : [`  keep     ${shown(kept)}: Helm 3 made or changed them; --all-revisions removes them, too`],
    ...archive === undefined ? [] : [`  archive  ${archive}`],
  ];
}

/** The most names in a line. */
const SHOWN_MAX = 10;

function shown(names: readonly string[]): string {
  const more = names.length - SHOWN_MAX;
  return names.slice(0, SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
