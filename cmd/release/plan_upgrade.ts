/**
 * `plan upgrade`: shows what an upgrade would do.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { SAVE_FLAGS } from "../_lib/plan.ts";
import { PLAN_UPGRADE_FLAGS, planUpgrade } from "../_lib/plan_upgrade.ts";

/** `plan upgrade`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [CHART]",
  completes: { sources: ["release", "chart"] },
  long: `
Shows what 'helm upgrade' would do with the same flags: changes with their reasons,
hooks in their order, and risks. Changes nothing.

	chart, values   the chart's template line, or the value, that makes the difference
	drift           the cluster was edited; the upgrade undoes the edit, or the edit stays
	default         the server's default
	server          a webhook or the server changes the value

With '--detailed-exitcode' the exit status is 2 when objects would change or hooks
would run, and 4 when only the cluster has drifted.`,
  example: `  helm plan upgrade web ./web --set image.tag=v2
  helm plan upgrade web ./web -f site.yaml --apply three-way
  helm plan upgrade web ./web --plan-out plan.json
  helm plan upgrade --install web ./web --output json`,
  flags: defineFlags({ ...PLAN_UPGRADE_FLAGS, ...SAVE_FLAGS }),
  run: (context) => withEnvironment(context, (workplace) => planUpgrade(context, workplace, "plan")),
});
