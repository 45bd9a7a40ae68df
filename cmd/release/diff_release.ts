/**
 * `diff release`: compares two releases.
 *
 * @module
 */
import { CHANGE_FLAGS, changeChoices, printChanges } from "../_lib/changes.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs, TLS_FLAGS } from "../_lib/flags.ts";

/** `diff release`. */
export const command = defineCommand({
  usage: "[flags] RELEASE1 RELEASE2",
  completes: { sources: ["release", "release"] },
  long: `
Compares the newest revisions of two releases by their records, such as those of one
chart in two namespaces. Objects that are named after their release are matched.
Reads no objects of the cluster.

With '--detailed-exitcode' the exit status is 2 when there are differences.`,
  example: `  helm diff release web-staging web-production
  helm diff release web-staging web-production --only ConfigMap --full`,
  flags: defineFlags({ ...TLS_FLAGS, ...CHANGE_FLAGS }),
  run: async (context) => {
    requireArgs(context.args, "release name", "name of another release");
    const [name = "", other = ""] = context.args;
    const choices = await changeChoices(context);
    return await withEnvironment(context, async ({ environment, operations }) => {
      const report = await operations.diffReleases(environment, { ...choices.compare, name, other });
      return await printChanges(report, choices, context);
    });
  },
});
