/**
 * `repair reapply`: creates what is missing of a release, by a rollback to its DEPLOYED revision.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair reapply`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Creates the objects of a release that are missing, by a rollback to its DEPLOYED
revision. The rollback makes a new revision, and its hooks run.

The preview names the objects that are missing. 'helm repair undo' does not undo a
rollback: its backup holds the records as they were before.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair reapply web
  helm repair reapply web --yes --no-hooks`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    "no-hooks": { type: "bool", usage: "Prevent hooks from running during the rollback" },
    "timeout": {
      type: "int",
      usage: "Time in seconds to wait for any individual Kubernetes operation (like Jobs for hooks)",
      default: 300,
      seconds: true,
    },
  }),
  run: async (context) => {
    return await runRepairCommand(context, "reapply", {
      noHooks: context.flags["no-hooks"],
      timeoutSeconds: context.flags.timeout,
    });
  },
});
