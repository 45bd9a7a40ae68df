/**
 * `diff rollback`: shows what a rollback would change.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { OFFLINE_FLAG, PLAN_FLAGS, plannable, runPlan } from "../_lib/plan.ts";
import { ROLLBACK_FLAGS, rollbackOptions } from "./rollback.ts";

/** `diff rollback`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [REVISION]",
  completes: { sources: ["release", "revision"] },
  long: `
Shows what 'helm rollback' would change with the same flags. Changes nothing.`,
  example: `  helm diff rollback web 2
  helm diff rollback web 0 --apply three-way`,
  flags: defineFlags({ ...plannable(ROLLBACK_FLAGS), ...PLAN_FLAGS, ...OFFLINE_FLAG }),
  run: async (context) => {
    const options = rollbackOptions(context);
    return await withEnvironment(
      context,
      (workplace) => runPlan(context, workplace, { operation: "rollback", options }, "diff"),
    );
  },
});
