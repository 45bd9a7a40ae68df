/**
 * `plan install`: shows what an install would do.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { PLAN_FLAGS, runPlan, SAVE_FLAGS } from "../_lib/plan.ts";
import { PLANNED_INSTALL_FLAGS, plannedInstall } from "./_planned_install.ts";

/** `plan install`. */
export const command = defineCommand({
  usage: "[flags] [CHART]",
  completes: { sources: ["chart"] },
  long: `
Shows what 'helm install' would do with the same flags: the objects that it creates,
the hooks in their order, and what could hurt, such as objects that exist already or
that the server refuses. Changes nothing.`,
  example: `  helm plan install ./web --name web --namespace shop
  helm plan install ./web --name web --full`,
  flags: defineFlags({ ...PLANNED_INSTALL_FLAGS, ...PLAN_FLAGS, ...SAVE_FLAGS }),
  run: async (context) => {
    requireArgs(context.args, "chart name");
    return await withEnvironment(context, async (workplace) => {
      const options = await plannedInstall(context, workplace);
      return await runPlan(context, workplace, { operation: "install", options }, "plan");
    });
  },
});
