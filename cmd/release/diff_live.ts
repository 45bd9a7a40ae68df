/**
 * `diff live`: compares a release with the cluster.
 *
 * @module
 */
import { CHANGE_FLAGS, changeChoices, printChanges } from "../_lib/changes.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs, TLS_FLAGS } from "../_lib/flags.ts";

/** `diff live`. */
export const command = defineCommand({
  usage: "[flags] RELEASE",
  completes: { sources: ["release"] },
  long: `
Compares what the record of a release says with the cluster: fields that were edited,
with the manager who wrote them and when; fields that another manager added; and
objects that are gone. Defaults of the server are no difference.

With '--detailed-exitcode' the exit status is 4 when the cluster differs.`,
  example: `  helm diff live web
  helm diff live web --ignore Deployment:/spec/replicas --detailed-exitcode`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...CHANGE_FLAGS,
    "detailed-exitcode": { type: "bool", usage: "Exit with status 4 when the cluster differs" },
    "revision": { type: "int32", complete: "revision", usage: "Compare this revision; default: the newest" },
  }),
  run: async (context) => {
    requireArgs(context.args, "release name");
    const [name = ""] = context.args;
    const { flags } = context;
    const choices = await changeChoices(context);
    return await withEnvironment(context, async ({ environment, operations }) => {
      const report = await operations.diffLive(environment, { ...choices.compare, name, revision: flags.revision });
      await printChanges(report, choices, context);
      return flags["detailed-exitcode"] && report.objects.some(({ action }) => action !== "none") ? 4 : 0;
    });
  },
});
