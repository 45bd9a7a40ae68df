/**
 * `migrate helm3 verify`: compares releases that were migrated with what Helm 3 has of them.
 *
 * @module
 */
import type { VerifiedRelease } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { crossCheckOf, HELM3_SQL_FLAG, requireNamesOrAll, WITH_HELM3_FLAG, withSqlStore } from "./migrate_helm3.ts";

const FLAGS = defineFlags({
  ...DOCUMENT_FLAG,
  ...HELM3_SQL_FLAG,
  ...WITH_HELM3_FLAG,
  "all": { type: "bool", usage: "Verify all releases that were migrated" },
  "helm3": {
    type: "string",
    complete: "file",
    usage: "With --with-helm3: the program (default the first of helm3, helm and helm4 on the PATH)",
  },
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
    requireNamesOrAll(args, flags.all, "verify");
    const found = await withEnvironment(
      context,
      async (workplace) => {
        const { environment, operations } = workplace;
        const crossCheck = await crossCheckOf(flags, environment);
        const options = { releases: args, all: flags.all, crossCheck };
        return await withSqlStore(
          context,
          workplace,
          (store) => operations.verifyMigrations(environment, { ...options, store }),
        );
      },
      { tellOfTiller: false },
    );
    const releases = found.map((one) => ({ ...one, problems: one.problems.map(context.typeable) }));
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
