/**
 * The part that `plan upgrade` and `diff upgrade` share: which operation the flags mean.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { locateChart } from "../../app/find_chart.ts";
import { installOptions } from "../release/install.ts";
import { installOfUpgrade, readUpgrade, UPGRADE_FLAGS, upgradeRequest } from "../release/upgrade.ts";
import { callerOf, sourceOf } from "./caller.ts";
import { type Context, defineFlags } from "./command.ts";
import type { Workplace } from "./environment.ts";
import { requireArgs } from "./flags.ts";
import { tellNote } from "./log.ts";
import { NOT_PLANNED, PLAN_FLAGS, plannable, type PlanView, runPlan, UNRELEASED_FLAG } from "./plan.ts";

/** Flags of `plan upgrade` and `diff upgrade`: all of `upgrade`, and those of a plan. */
export const PLAN_UPGRADE_FLAGS = defineFlags({ ...plannable(UPGRADE_FLAGS), ...UNRELEASED_FLAG, ...PLAN_FLAGS });

/** The context of `plan upgrade` and `diff upgrade`. */
export type UpgradePlanContext = Context<typeof PLAN_UPGRADE_FLAGS>;

/** Plans what `upgrade` would do with the same flags. */
export async function planUpgrade(
  context: UpgradePlanContext,
  workplace: Workplace,
  view: PlanView,
): Promise<number> {
  const { flags, args, print } = context;
  requireArgs(args, "release name", "chart path");
  const [name = "", chart = ""] = args;
  const chartPath = await locateChart(chart, sourceOf(flags), callerOf(context));
  // Messages about the chart go to standard error, as with a document.
  const inner = { ...context, flags: { ...flags, ...NOT_PLANNED } };
  const request = { ...upgradeRequest(inner, "json"), name, chartPath };
  const { environment, operations } = workplace;
  if (flags.install || flags["allow-unreleased"]) {
    try {
      await operations.history({ ...environment, lookElsewhere: false }, { name, max: 1 });
    } catch (error) {
      if (!(error instanceof SkegError) || error.missing !== name) throw error;
      tellNote(print, `Note: release ${JSON.stringify(name)} does not exist; everything in the chart is new.`);
      const options = await installOptions(inner, workplace, installOfUpgrade(inner, request));
      return await runPlan(context, workplace, { operation: "install", options }, view);
    }
  }
  const optionsOf = await readUpgrade(inner, request);
  return await runPlan(context, workplace, { operation: "upgrade", options: optionsOf() }, view);
}
