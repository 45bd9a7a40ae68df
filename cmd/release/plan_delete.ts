/**
 * `plan delete`: shows what a deletion would do.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { PLAN_FLAGS, plannable, runPlan, SAVE_FLAGS } from "../_lib/plan.ts";
import { DELETE_FLAGS, deleteOptions } from "./delete.ts";

/** `plan delete`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Shows what 'helm delete' would do with the same flags: the objects that go and those
that stay, the hooks, and what is lost with them, such as volumes and addresses.
Changes nothing.`,
  example: `  helm plan delete web
  helm plan delete web --purge`,
  flags: defineFlags({ ...plannable(DELETE_FLAGS), ...PLAN_FLAGS, ...SAVE_FLAGS }),
  run: async (context) => {
    requireArgs(context.args, "release name");
    const [name = ""] = context.args;
    const options = deleteOptions(context, name);
    return await withEnvironment(
      context,
      (workplace) => runPlan(context, workplace, { operation: "delete", options }, "plan"),
    );
  },
});
