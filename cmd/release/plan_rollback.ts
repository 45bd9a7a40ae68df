/**
 * `plan rollback`: shows what a rollback would do.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { PLAN_FLAGS, plannable, runPlan, SAVE_FLAGS } from "../_lib/plan.ts";
import { ROLLBACK_FLAGS, rollbackOptions } from "./rollback.ts";

/** `plan rollback`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [REVISION]",
  completes: { sources: ["release", "revision"] },
  long: `
Shows what 'helm rollback' would do with the same flags: changes, hooks and risks. Changes
nothing.`,
  example: `  helm plan rollback web 2
  helm plan rollback web 0 --apply three-way`,
  flags: defineFlags({ ...plannable(ROLLBACK_FLAGS), ...PLAN_FLAGS, ...SAVE_FLAGS }),
  run: async (context) => {
    const options = rollbackOptions(context);
    return await withEnvironment(
      context,
      (workplace) => runPlan(context, workplace, { operation: "rollback", options }, "plan"),
    );
  },
});
