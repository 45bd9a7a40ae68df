/**
 * `migrate helm3 verify`: compares releases that were migrated with what Helm 3 has of them.
 *
 * @module
 */
import type { VerifiedRelease } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { HELM3_SQL_FLAG, withSqlStore } from "./migrate_helm3.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...HELM3_SQL_FLAG,
  "all": { type: "bool", usage: "Verify all releases that were migrated" },
});

/** `migrate helm3 verify`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME...]",
  completes: { sources: ["release"], many: true },
  long: `
Compares releases that were migrated with what Helm 3 has of them: the records are read
back, decoded, and compared with what Helm 2's records convert to; at most one is
deployed; and the live objects have Helm 3's marks. Changes nothing.

Once Helm 3 has made revisions itself, it has changed and deleted older ones. Then only
what must always be true is looked at.

The exit status is 1 when something is wrong.`,
  example: `  helm migrate helm3 verify web
  helm migrate helm3 verify --all --output json`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    const format = documentFormat(flags.output);
    if (flags.all === args.length > 0) {
      throw new UsageError("This command needs the names of releases, or --all", {
        type: "arguments",
        wanted: ["release name"],
        given: args,
      });
    }
    const releases = await withEnvironment(
      context,
      (workplace) =>
        withSqlStore(
          context,
          workplace,
          (store) =>
            workplace.operations.verifyMigrations(workplace.environment, { releases: args, all: flags.all, store }),
        ),
      { tellOfTiller: false },
    );
    if (format === undefined) print.out(`${releases.flatMap(linesOf).join("\n") || "No release was migrated"}\n`);
    else printDocument("Helm3Verification", { releases }, format, print);
    return releases.some(({ problems }) => problems.length > 0) ? 1 : 0;
  },
});

function linesOf({ release, namespace, newest, status, problems, notes }: VerifiedRelease): string[] {
  const state = newest === 0 ? "" : `, Helm 3's newest revision is ${newest}, ${status || "without a status"}`;
  return [
    `${release}  ${problems.length === 0 ? "in order" : "not in order"}` +
    (namespace === "" ? "" : `  in namespace ${JSON.stringify(namespace)}${state}`),
    ...problems.map((problem) => `  problem  ${problem}`),
    ...notes.map((note) => `  note     ${note}`),
  ];
}
