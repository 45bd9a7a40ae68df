/**
 * The part that `plan install` and `rbac install` share: which install the flags mean.
 *
 * @module
 */
import type { InstallOptions } from "../../engine/release/mod.ts";
import { locateChart } from "../../app/find_chart.ts";
import { callerOf, sourceOf } from "../_lib/caller.ts";
import type { Context } from "../_lib/command.ts";
import type { Workplace } from "../_lib/environment.ts";
import { NOT_PLANNED, plannable } from "../_lib/plan.ts";
import { INSTALL_FLAGS, installOptions, installRequest } from "./install.ts";

/** Flags of `install` that also mean something when nothing is installed. */
export const PLANNED_INSTALL_FLAGS = plannable(INSTALL_FLAGS);

/** Returns the options of the install that `install` would do with the same flags. */
export async function plannedInstall(
  context: Context<typeof PLANNED_INSTALL_FLAGS>,
  workplace: Workplace,
): Promise<InstallOptions> {
  const { flags, args } = context;
  const chartPath = await locateChart(args[0] ?? "", sourceOf(flags), callerOf(context));
  const inner = { ...context, flags: { ...flags, ...NOT_PLANNED } };
  // Messages about the chart go to standard error, as with a document.
  return await installOptions(inner, workplace, installRequest(inner, chartPath, "json"));
}
