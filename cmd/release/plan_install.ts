/**
 * `plan install`: shows what an install would do.
 *
 * @module
 */
import { locateChart } from "../../app/find_chart.ts";
import { callerOf, sourceOf } from "../_lib/caller.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { NOT_PLANNED, PLAN_FLAGS, type PlanContext, plannable, runPlan, SAVE_FLAGS } from "../_lib/plan.ts";
import { INSTALL_FLAGS, installOptions, installRequest } from "./install.ts";

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
  flags: defineFlags({ ...plannable(INSTALL_FLAGS), ...PLAN_FLAGS, ...SAVE_FLAGS }),
  run: async (context) => {
    const { flags, args } = context;
    requireArgs(args, "chart name");
    return await withEnvironment(context, async (workplace) => {
      const chartPath = await locateChart(args[0] ?? "", sourceOf(flags), callerOf(context));
      const inner = { ...context, flags: { ...flags, ...NOT_PLANNED } } as unknown as Context<typeof INSTALL_FLAGS>;
      // Messages about the chart go to standard error, as with a document.
      const request = installRequest(inner, chartPath, "json");
      const options = await installOptions(inner as unknown as Context, workplace, request);
      return await runPlan(context as unknown as PlanContext, workplace, { operation: "install", options }, "plan");
    });
  },
});
